"""ONNX Runtime behind the Encoder protocol."""

from typing import Any, assert_never

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pointsman.encoder.bundle import Bundle, MeasureHead, ScoresHead
from pointsman.encoder.encoding import Encoding
from pointsman.errors import BundleError

# A word piece of real text is 3 to 5 characters; 16 leaves room for long words. Cutting the text
# before it is tokenized keeps a 32 MiB prompt as cheap as a 4 kB one.
_CHARACTERS_PER_TOKEN = 16


class OnnxEncoder:
    """Runs a bundle's graph; one session shared by all threads (ONNX Runtime releases the GIL).

    Of a text longer than the bundle's `max_tokens`, the first and the last half are read: the task
    is stated at either end of a long prompt, hardly ever in its middle.

    Args:
        bundle: A checked bundle.
        intra_threads: Threads within one pass. 1 gives the best throughput; more halve the latency
            of an idle machine.

    Raises:
        BundleError: ONNX Runtime or the tokenizer cannot read the bundle's files.
    """

    def __init__(self, bundle: Bundle, *, intra_threads: int = 1) -> None:
        self.bundle = bundle
        manifest = bundle.manifest
        options = ort.SessionOptions()
        options.intra_op_num_threads = intra_threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(
                str(bundle.file(manifest.graph)),
                options,
                providers=["CPUExecutionProvider"],
                # It would put a slower operator back, see training/graph.py.
                disabled_optimizers=["SkipLayerNormFusion"],
            )
            self._tokenizer = Tokenizer.from_file(str(bundle.file(manifest.tokenizer)))
        # Both libraries raise bare Exception subclasses of their own for unreadable files.
        except Exception as error:
            raise BundleError(f"encoder bundle {bundle.path} cannot be loaded: {error}") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start, self._end = self._tokenizer.encode("").ids
        self._outputs = [head.output for head in manifest.heads] + [manifest.embedding.output]
        self._check_outputs()
        self._half = (manifest.max_tokens - 2) // 2

    def _check_outputs(self) -> None:
        widths = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        if missing := sorted(set(self._outputs) - set(widths)):
            raise BundleError(
                f"encoder bundle {self.bundle.path}: the graph lacks the outputs "
                f"{', '.join(missing)} that manifest.json names"
            )
        for head in self.bundle.manifest.heads:
            expected = len(head.labels) if isinstance(head, ScoresHead) else 1
            if widths[head.output] != expected:
                raise BundleError(
                    f"encoder bundle {self.bundle.path}: the graph's output {head.output} has "
                    f"{widths[head.output]} values, manifest.json speaks of {expected}"
                )

    def tokenize(self, text: str) -> tuple[NDArray[np.int32], bool]:
        """Return word pieces of shape (1, tokens) with start and end, and if text was cut."""
        room = self._half * _CHARACTERS_PER_TOKEN
        if len(text) > 2 * room:
            head = self._tokenizer.encode(text[:room], add_special_tokens=False).ids
            tail = self._tokenizer.encode(text[-room:], add_special_tokens=False).ids
            ids, cut = head[: self._half] + tail[-self._half :], True
        else:
            ids = self._tokenizer.encode(text, add_special_tokens=False).ids
            cut = len(ids) > 2 * self._half
            if cut:
                ids = ids[: self._half] + ids[-self._half :]
        return np.array([[self._start, *ids, self._end]], dtype=np.int32), cut

    def run(self, ids: NDArray[np.int32]) -> list[Any]:
        """Run the graph on word pieces of shape (1, tokens); returns its raw outputs."""
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return self._session.run(self._outputs, feed)  # type: ignore[no-any-return]  # untyped

    def encode(self, text: str) -> Encoding:
        """Read one text: one pass of the graph, whatever the number of heads."""
        ids, cut = self.tokenize(text)
        *heads, embedding = self.run(ids)
        scores: dict[str, dict[str, float]] = {}
        measures: dict[str, float] = {}
        for head, output in zip(self.bundle.manifest.heads, heads, strict=True):
            match head:
                case ScoresHead():
                    scores[head.name] = _probabilities(head, output[0])
                case MeasureHead():
                    measures[head.name] = _measure(head, float(output[0, 0]))
                case _:
                    assert_never(head)
        return Encoding(scores, measures, embedding[0], ids.shape[1] - 2, cut)


def _probabilities(head: ScoresHead, logits: NDArray[np.float32]) -> dict[str, float]:
    scaled = logits.astype(np.float64) / head.temperature
    powers = np.exp(scaled - np.max(scaled))
    return dict(zip(head.labels, (powers / powers.sum()).tolist(), strict=True))


def _measure(head: MeasureHead, output: float) -> float:
    # 14 is about a million tokens: a bound, so that no input overflows the exponential.
    value = float(np.expm1(min(output, 14.0))) if head.scale == "log1p" else output
    return max(0.0, value * head.smear)
