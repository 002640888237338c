"""The reference system's shape: four passes a request, timed beside ours.

The vLLM Semantic Router reads each request with three ModernBERT-base classifiers (category,
personal data, jailbreak) and, for its cache, with a sentence encoder of MiniLM's size. This is the
work of those four passes at full length, in fp32, on the runtime and the one thread that ours has;
it is no run of that system. Its tokenizing, its reading of the outputs and its deciding are left
out, which favours it. The three classifiers' passes run on one set of weights: theirs would be
three sets of the same size, each far larger than the caches that a pass could find warm.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnxruntime as ort

from pointsman.evaluation.minilm import L6, MiniLmShape, write_minilm
from pointsman.evaluation.modernbert import BASE, ModernBertShape, parameters, write_modernbert

CLASSIFIER_PASSES = 3


class ReferenceShape:
    """The two graphs, loaded.

    Args:
        classifier: The classifiers' graph.
        embedder: The sentence encoder's graph.
        vocabulary: Ids below this number are known to both.
        threads: Threads within one pass.
    """

    def __init__(
        self, classifier: Path, embedder: Path, *, vocabulary: int, threads: int = 1
    ) -> None:
        self._classifier = _session(classifier, threads)
        self._embedder = _session(embedder, threads)
        self._vocabulary = vocabulary
        self._random = np.random.default_rng(0)

    def read(self, tokens: int) -> float:
        """Run the four passes over a prompt of so many random tokens; returns the seconds."""
        ids = self._random.integers(0, self._vocabulary, (1, tokens), dtype=np.int32)
        feed = {"input_ids": ids}
        began = time.perf_counter()
        for _ in range(CLASSIFIER_PASSES):
            self._classifier.run(None, feed)
        self._embedder.run(None, feed)
        return time.perf_counter() - began


@contextmanager
def reference_shape(
    *, classifier: ModernBertShape = BASE, embedder: MiniLmShape = L6, threads: int = 1
) -> Iterator[ReferenceShape]:
    """Build the graphs in a temporary folder (about 700 MB for the real shapes) and load them."""
    with tempfile.TemporaryDirectory(prefix="pointsman-reference-") as folder:
        yield ReferenceShape(
            write_modernbert(classifier, Path(folder)),
            write_minilm(embedder, Path(folder)),
            vocabulary=min(classifier.vocabulary, embedder.vocabulary),
            threads=threads,
        )


def in_words() -> str:
    """Say what was run."""
    return (
        f"{CLASSIFIER_PASSES} passes of ModernBERT-base's shape "
        f"({parameters(BASE) / 1e6:.1f} million parameters) and one of MiniLM-L6's, fp32, random "
        "weights, ONNX Runtime, batch 1"
    )


def _session(path: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(
        str(path),
        options,
        providers=["CPUExecutionProvider"],
        # It would put back the operator that `modernbert` avoids.
        disabled_optimizers=["SkipLayerNormFusion"],
    )
