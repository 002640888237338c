"""Fits the verifier of the answer cache, and counts what its thresholds let through.

    python -m pointsman.training.cache_verifier --data DIR --out src/pointsman/bundles/cache

takes about a minute on one core. It reads the English pairs of `cache/train.jsonl.gz`, fits in
folds that share no text, and counts on each fold what the others fitted.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.cache.match import compare
from pointsman.cache.verify import FEATURES, FILE, Verifier, bound_of, features_of, steps_of
from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.encoding import EMBEDDING, Asked, Encoder
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.statistics.calibrate import Floats, calibration_error, fit_sigmoid
from pointsman.training.shelf import Shelf

COMMAND = "python -m pointsman.training.cache_verifier --data DIR --out src/pointsman/bundles/cache"
ROWS = "cache/train"
FOLDS = 5
THRESHOLDS = (0.99, 0.98, 0.97, 0.96, 0.95, 0.93, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)

Flags = NDArray[np.bool_]


class Pair(msgspec.Struct, frozen=True):
    """Two texts, and whether one answer serves both."""

    left: str
    right: str
    serves: bool


class Rows(msgspec.Struct, frozen=True, eq=False):
    """Pairs as the model sees them.

    Attributes:
        features: (rows, features).
        serves: Whether one answer serves both texts, (rows,).
        passes: Whether the guards let the pair pass, (rows,).
        folds: In which fold it is left out, (rows,).
    """

    features: Floats
    serves: Flags
    passes: Flags
    folds: NDArray[np.intp]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, count and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with cache/train.jsonl.gz")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    asked = parser.parse_args(arguments)
    shelf = Shelf(asked.data)
    pairs = read_pairs(shelf)
    verifier = fit(laid_out(pairs, OnnxEncoder(load_bundle())), shelf.files)
    asked.out.mkdir(parents=True, exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(verifier), indent=1)
    (asked.out / FILE).write_bytes(encoded + b"\n")
    for step in verifier.steps:
        _say(f"from {step.above}: {step.errors} of {step.rows} wrong, at most {bound_of(step):.4f}")


def read_pairs(shelf: Shelf) -> list[Pair]:
    """Read the English pairs that somebody decided on."""
    return [
        Pair(row["a"], row["b"], bool(row["label"]))
        for row in shelf.rows(ROWS)
        if row["lang"] == "en" and row["label"] is not None
    ]


def laid_out(pairs: Sequence[Pair], encoder: Encoder) -> Rows:
    """Turn pairs into rows; each text is read once."""
    asked = Asked(judged=frozenset({EMBEDDING}))
    texts = dict.fromkeys(text for pair in pairs for text in (pair.left, pair.right))
    vectors = {text: encoder.encode(text, asked).embedding for text in texts}
    found = [compare(pair.left, pair.right) for pair in pairs]
    alike = [float(vectors[pair.left] @ vectors[pair.right]) for pair in pairs]
    fold_of = folds(pairs)
    return Rows(
        features=np.stack([features_of(*pair) for pair in zip(found, alike, strict=True)]),
        serves=np.array([pair.serves for pair in pairs]),
        passes=np.array([one.why_not is None for one in found]),
        folds=np.array([fold_of[pair.left] for pair in pairs]),
    )


def folds(pairs: Sequence[Pair]) -> dict[str, int]:
    """Return the fold of each text: texts that are linked by pairs fall into the same one."""
    parent: dict[str, str] = {}

    def root(text: str) -> str:
        while parent.setdefault(text, text) != text:
            text = parent[text]
        return text

    for pair in pairs:
        left, right = sorted((root(pair.left), root(pair.right)))
        parent[right] = left
    groups = sorted({root(text) for text in parent})
    order = np.random.default_rng(0).permutation(len(groups)) % FOLDS
    fold_of = dict(zip(groups, order.tolist(), strict=True))
    return {text: fold_of[root(text)] for text in parent}


def fit(rows: Rows, files: Mapping[str, str]) -> Verifier:
    """Return the verifier fitted on all rows, with what was counted on rows left out."""
    held = np.zeros(len(rows.serves))
    for fold in range(FOLDS):
        out = rows.folds == fold
        held[out] = logistic(
            rows.features[out], fit_weights(rows.features[~out], rows.serves[~out])
        )
    weights = fit_weights(rows.features, rows.serves)
    counted = rows.passes
    steps = steps_of(held[counted], rows.serves[counted], THRESHOLDS)
    return Verifier(
        features=FEATURES,
        weights=tuple(float(weight) for weight in weights[:-1]),
        offset=float(weights[-1]),
        steps=tuple(steps),
        training=_measured(rows, held, files),
    )


def fit_weights(features: Floats, serves: Flags) -> Floats:
    """The weights, offset last, with the least log loss, (features + 1,).

    No weight is below 0: among pairs that were made to be hard, more words in common would else
    speak against a pair.
    """
    return np.array(fit_sigmoid(list(features.T), serves))


def logistic(features: Floats, weights: Floats) -> Floats:
    """The probabilities of rows, (rows,)."""
    total = features @ weights[:-1] + weights[-1]
    return np.asarray(1 / (1 + np.exp(-np.clip(total, -500, 500))))


def _measured(rows: Rows, held: Floats, files: Mapping[str, str]) -> dict[str, object]:
    return {
        "command": COMMAND,
        "files": dict(files),
        "pairs": len(rows.serves),
        "of which one answer serves both": int(rows.serves.sum()),
        "passed by the guards": int(rows.passes.sum()),
        "folds": FOLDS,
        "calibration error": round(calibration_error(held, rows.serves), 4),
        "note": "the embedding was trained on the same pairs, so their similarity is clipped; "
        "pairs are counted in folds that share no text, and taken to be independent",
    }


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
