"""Thresholds of the guard for a ladder of rates of false refusals, solved on harmless texts.

    python -m pointsman.training.refusal_rates --data DATA --bundle BUNDLE --out OUT

Adds them to the manifest of a bundle that is there already, and writes how they hold, source by
source, as `refusal_rates.json` and `refusal_rates.md`. Numbers only, no text.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from pointsman.encoder.bundle import FlagsHead, load_bundle
from pointsman.encoder.encoding import Asked
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.errors import TooFewRowsError
from pointsman.statistics.bounds import rows_needed
from pointsman.statistics.calibrate import Floats
from pointsman.statistics.thresholds import Threshold, solve
from pointsman.training import manifest
from pointsman.training.corpus import read_corpus
from pointsman.training.harmless import SIDES, SOURCES, Harmless, HarmlessTexts, read_harmless
from pointsman.training.refusal_page import Group, RefusalRates, rates_page
from pointsman.training.weights import ATTACKS, GUARD

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""What operators may ask for, if there are the rows to show it: 2995 for the first."""
_ASKED = Asked(whole=frozenset({GUARD.name}))


def add_ladder(folder: Path, harmless: HarmlessTexts) -> RefusalRates:
    """Reads the texts, and writes the thresholds into the bundle's manifest.

    Raises:
        TooFewRowsError: There are too few texts for even the highest rate.
    """
    texts = harmless.texts
    scores = _scores(folder, texts)
    solved_on = np.array([text.side == "choose" for text in texts], dtype=np.bool_)
    ladder = {label: rungs_of(scores[solved_on, at], RATES) for at, label in enumerate(ATTACKS)}
    noted = manifest.read(folder)
    heads = tuple(
        msgspec.structs.replace(head, ladder=ladder)
        if isinstance(head, FlagsHead) and head.name == GUARD.name
        else head
        for head in noted.heads
    )
    manifest.write(msgspec.structs.replace(noted, heads=heads), folder)
    named = f"{noted.name} {noted.version}"
    return RefusalRates(named, harmless.files, ladder, tuple(groups_of(texts, scores, ladder)))


def rungs_of(scores: Floats, rates: Sequence[float]) -> tuple[Threshold, ...]:
    """A threshold for each of the rates that the rows can show.

    Args:
        scores: Of harmless texts, (rows,).
        rates: From the smallest to the largest.

    Raises:
        TooFewRowsError: They can show none of them.
    """
    shown = [rate for rate in rates if rows_needed(rate) <= len(scores)]
    if not shown:
        raise TooFewRowsError(
            f"{len(scores)} harmless texts can show none of the rates: the highest, {rates[-1]:g}, "
            f"needs {rows_needed(rates[-1])}"
        )
    return tuple(solve(scores, rate) for rate in shown)


def groups_of(
    texts: Sequence[Harmless], scores: Floats, ladder: Mapping[str, tuple[Threshold, ...]]
) -> Iterator[Group]:
    """Counts what is above each threshold, source by source and side by side.

    Args:
        texts: The texts.
        scores: (texts, labels), the labels in the order of the ladder.
        ladder: By label.
    """
    bounds = np.array([[rung.above for rung in rungs] for rungs in ladder.values()])
    exceeds = scores[:, :, None] > bounds[None]
    for source in SOURCES:
        for side in SIDES:
            rows = [
                at for at, text in enumerate(texts) if (text.source, text.side) == (source, side)
            ]
            if rows:
                counts = exceeds[rows].sum(axis=0)
                above = {name: tuple(counts[at].tolist()) for at, name in enumerate(ladder)}
                together = tuple(exceeds[rows].any(axis=1).sum(axis=0).tolist())
                yield Group(source, side, len(rows), above, together)


def _scores(folder: Path, texts: Sequence[Harmless]) -> Floats:
    """Probabilities of the attacks, (texts, labels), as they are served at most.

    Whether the first tier answers alone depends on what else is asked for and on the operator, so a
    text counts with the higher of what it gets with a full pass and without one.
    """
    bundle = load_bundle(folder)
    readers = (OnnxEncoder(bundle, first_tier=False), OnnxEncoder(bundle))
    found = []
    for at, text in enumerate(texts, start=1):
        said = [reader.encode(text.text, _ASKED).scores[GUARD.name] for reader in readers]
        found.append([max(scores[label] for scores in said) for label in ATTACKS])
        if at % 2000 == 0:
            sys.stderr.write(f"read {at}/{len(texts)} harmless texts\n")
    return np.array(found, dtype=np.float64)


def write_rates(found: RefusalRates, folder: Path) -> None:
    """Writes `refusal_rates.json` and the page of it."""
    text = msgspec.json.format(msgspec.json.encode(found), indent=1)
    (folder / "refusal_rates.json").write_bytes(text + b"\n")
    (folder / "refusal_rates.md").write_text(rates_page(found), encoding="utf-8")


def main() -> None:
    """Add the thresholds to a bundle that is there already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the page and its JSON")
    args = parser.parse_args()
    harmless = read_harmless(args.data, read_corpus(args.data))
    write_rates(add_ladder(args.bundle, harmless), args.out)


if __name__ == "__main__":
    main()
