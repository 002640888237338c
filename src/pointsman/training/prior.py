"""What a bundle's dial is solved on until an operator has outcomes of their own.

    python -m pointsman.training.prior --data DATA --bundle BUNDLE

The questions of the mode pair on the `choose` side, in bins of about the same expected gain: what
the bundle foresees of them on average, and how many of them each arm answered rightly. Counts and
means only; they go into the bundle's manifest.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.encoding import Asked
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.signals.outcome import need_measure
from pointsman.statistics.calibrate import Floats, Indices
from pointsman.statistics.outcome_point import OutcomePoint
from pointsman.training import manifest
from pointsman.training.corpus import Corpus, read_corpus
from pointsman.training.examples import Example
from pointsman.training.outcomes import MODE_SOURCE
from pointsman.training.weights import OUTCOMES

BINS = 20
"""Bins of equal size: about 65 questions each on the shipped data."""
_HEADS = frozenset({"outcome", "extra_tokens"})


def add_prior(folder: Path, corpus: Corpus) -> None:
    """Writes the bins into a bundle's manifest."""
    paired = [e for e in corpus.on("choose") if e.source == MODE_SOURCE]
    foreseen = _foreseen(folder, paired)
    happened = np.array([e.outcome for e in paired], dtype=np.intp)
    noted = msgspec.structs.replace(manifest.read(folder), outcomes=bins_of(foreseen, happened))
    manifest.write(noted, folder)


def bins_of(foreseen: Floats, happened: Indices, bins: int = BINS) -> tuple[OutcomePoint, ...]:
    """Bins of about the same expected gain, from the least to the most.

    Args:
        foreseen: p_light, p_heavy and extra tokens of each question, (questions, 3).
        happened: Index into `weights.OUTCOMES` of each, (questions,).
        bins: How many; fewer where there are fewer questions.
    """
    order = np.argsort(foreseen[:, 1] - foreseen[:, 0], kind="stable")
    found = []
    for rows in np.array_split(order, min(bins, len(order))):
        light, heavy, tokens = (round(float(mean), 4) for mean in foreseen[rows].mean(axis=0))
        counts = np.bincount(happened[rows], minlength=len(OUTCOMES)).tolist()
        both, heavy_only, light_only, neither = counts
        outcomes = (both, heavy_only, light_only, neither)
        found.append(OutcomePoint(light, heavy, tokens, outcomes))
    return tuple(found)


def _foreseen(folder: Path, examples: Sequence[Example]) -> Floats:
    encoder = OnnxEncoder(load_bundle(folder))
    rows = []
    for example in examples:
        encoding = encoder.encode(example.full_text(), Asked(_HEADS))
        values = need_measure(encoding.scores["outcome"], encoding.measures["extra_tokens"]).values
        rows.append([values["p_light"], values["p_heavy"], values["extra_tokens"]])
    return np.array(rows, dtype=np.float64)


def main() -> None:
    """Add the bins to a bundle that is there already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, required=True)
    args = parser.parse_args()
    add_prior(args.bundle, read_corpus(args.data))


if __name__ == "__main__":
    main()
