"""Fits the shipped judge of texts that are not English: reads, fits, measures and writes.

    python -m pointsman.training.foreign --data DIR --out src/pointsman/bundles/foreign

takes minutes on one core and needs the extra `train`. The data directory gives harmless captions
and headlines in ten languages (`cache/train.jsonl.gz` to fit, `cache/dev.jsonl.gz` to check); none
of its rows is written anywhere.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from pointsman.config.foreign import NOTE_FILE
from pointsman.encoder.bundle import Bundle, FlagsHead, load_bundle
from pointsman.encoder.encoding import Asked
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.signals.attacks import ATTACKS, HEAD
from pointsman.signals.foreign import FORMAT, Foreign, ForeignNote, Line
from pointsman.statistics import calibrate
from pointsman.statistics.calibrate import Floats
from pointsman.training import foreign_fitting as fitting
from pointsman.training import foreign_texts as texts
from pointsman.training.foreign_fitting import Rows
from pointsman.training.foreign_texts import HARMLESS, Row
from pointsman.training.tier_table import quantised

COMMAND = "python -m pointsman.training.foreign --data DIR --out src/pointsman/bundles/foreign"
FILE = "foreign.bin"
PENALTY = 0.1
"""Of the squared weights; on texts of another author, four times as much found as many attacks."""
LEFT_OUT = ("ar", "de")
"""Languages left out one by one, to see what becomes of those that nobody wrote texts in."""
CHECKED = 300
"""Captions of each language that the fitted judge is checked on."""


class Guarded(msgspec.Struct, frozen=True, eq=False):
    """The encoder's word on attacks, and the thresholds that ship with it.

    Attributes:
        refused: For each label the threshold, and the share of harmless texts above it.
    """

    encoder: OnnxEncoder
    refused: tuple[tuple[float, float], ...]

    def scores(self, text: str) -> list[float]:
        """Each label's probability."""
        found = self.encoder.encode(text, Asked(whole=frozenset({HEAD}))).scores[HEAD]
        return [found[label] for label in ATTACKS]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, and write the two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with cache/*.jsonl.gz")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    cache = asked.data / "cache"
    made = [
        *texts.rows_of(texts.read_pieces()),
        *texts.captions(cache / "train.jsonl.gz", texts.CAPTIONS),
        *texts.older(),
    ]
    checks = texts.captions(cache / "dev.jsonl.gz", CHECKED)
    fit(made, checks, guarded(load_bundle()), asked.out)


def guarded(bundle: Bundle) -> Guarded:
    """The bundle's encoder with its thresholds."""
    head = next(each for each in bundle.manifest.heads if each.name == HEAD)
    if not isinstance(head, FlagsHead):
        raise TypeError(f"head {HEAD}: expected flags, got {type(head).__name__}")
    solved = [head.thresholds[label] for label in ATTACKS]
    return Guarded(OnnxEncoder(bundle), tuple((each.above, each.target) for each in solved))


def fit(made: Sequence[Row], checks: Sequence[Row], guard: Guarded, out: Path) -> ForeignNote:
    """Fit on texts, check on others, write, and return what was written.

    Args:
        made: Texts with labels.
        checks: Harmless texts that are not among them.
        guard: The encoder.
        out: The folder.
    """
    rows = fitting.laid_out(made, [guard.scores(row.text) for row in made])
    _say(f"{len(rows.rows)} of {len(made)} texts are foreign")
    held = fitting.held_out(rows, fitting.by_fold(rows), PENALTY)
    _say(f"log loss on texts left out: {fitting.log_loss(held, rows):.4f}")
    latin = rows.latin()
    latin_lines, other_lines = (
        tuple(
            fitting.fit_line(held, rows, at, script, guard.refused[at])
            for at in range(len(ATTACKS))
        )
        for script in (latin, ~latin)
    )
    everything = np.ones(len(rows.rows), np.bool_)
    weights, biases = fitting.fit_table(rows, everything, PENALTY)
    table = quantised(weights.astype(np.float32), biases.astype(np.float32)).to_bytes()
    digest = hashlib.sha256(table).hexdigest()
    note = ForeignNote(FORMAT, FILE, digest, ATTACKS, fitting.BUCKETS, latin_lines, other_lines)
    measured = _measured(rows, held, note, guard)
    measured["penalty"] = PENALTY
    measured["harmless captions refused"] = _alarms(Foreign(note, table), checks, guard)
    measured["language left out"] = _left_out(rows, note, guard)
    whole = msgspec.structs.replace(note, training=measured)
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(table)
    (out / NOTE_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")
    return whole


def _measured(rows: Rows, held: Floats, note: ForeignNote, guard: Guarded) -> dict[str, Any]:
    """What the lines make of texts whose pieces the table was not fitted on, beside the encoder."""
    new = np.array([row.kind != texts.OLDER for row in rows.rows])
    judged = _blended(rows, held, note)
    alone = 1.0 / (1.0 + np.exp(-rows.encoder))
    languages = sorted({row.language for row in rows.rows} - {""})
    found: dict[str, Any] = {
        "what": "a linear reader of hashed groups of characters, for texts that are not English",
        "command": COMMAND,
        "texts": "invented for this project, by a language model: training/texts/foreign/; and "
        "those that the encoder was trained with",
        "rows": {"attacks": int((rows.label >= 0).sum()), "harmless": int((rows.label < 0).sum())},
        "languages": languages,
    }
    for at, label in enumerate(ATTACKS):
        known = rows.known(at) & new
        happened = rows.label[known] == at
        found[label] = {
            "threshold": guard.refused[at][0],
            "calibration error": _round(calibrate.calibration_error(judged[known, at], happened)),
            "texts left out": _rates(rows, judged, at, guard, new),
            "encoder alone": _rates(rows, alone, at, guard, new),
            "recall by language": {
                name: _recall(rows, judged, at, guard, new & _of(rows, name)) for name in languages
            },
        }
    return found


def _of(rows: Rows, language: str) -> NDArray[np.bool_]:
    return np.array([row.language == language for row in rows.rows])


def _rates(
    rows: Rows, judged: Floats, at: int, guard: Guarded, some: NDArray[np.bool_]
) -> dict[str, float]:
    above = judged[:, at] > guard.refused[at][0]
    captions = np.array([row.kind == texts.CAPTION for row in rows.rows])
    asked = some & (rows.label == HARMLESS) & ~captions
    return {
        "recall": _recall(rows, judged, at, guard, some),
        "harmless requests refused": _share(above[asked]),
        "captions refused": _share(above[captions & some]),
    }


def _recall(rows: Rows, judged: Floats, at: int, guard: Guarded, some: NDArray[np.bool_]) -> float:
    attacks = some & (rows.label == at)
    return _share(judged[attacks, at] > guard.refused[at][0])


def _blended(rows: Rows, grams: Floats, note: ForeignNote) -> Floats:
    latin = rows.latin()
    totals = np.empty_like(grams)
    for at in range(len(ATTACKS)):
        for script, line in ((latin, note.latin[at]), (~latin, note.other[at])):
            totals[script, at] = _total(line, grams[script, at], rows.encoder[script, at])
    return np.asarray(1.0 / (1.0 + np.exp(-totals)))


def _total(line: Line, grams: Floats, encoder: Floats) -> Floats:
    return line.gram_weight * grams + line.encoder_weight * encoder + line.offset


def _alarms(judge: Foreign, checks: Sequence[Row], guard: Guarded) -> dict[str, float]:
    """The share of harmless texts above each threshold, by the whole way that serving takes."""
    above = np.zeros(len(ATTACKS))
    for row in checks:
        scores = dict(zip(ATTACKS, guard.scores(row.text), strict=True))
        found = judge.judge(row.text, scores) or scores
        above += [found[name] > guard.refused[at][0] for at, name in enumerate(ATTACKS)]
    return {name: _round(above[at] / len(checks)) for at, name in enumerate(ATTACKS)}


def _left_out(rows: Rows, note: ForeignNote, guard: Guarded) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for language in LEFT_OUT:
        own = _of(rows, language)
        if not own.any():
            continue
        grams = fitting.read_with(*fitting.fit_table(rows, ~own, PENALTY), rows)
        judged = _blended(rows, grams, note)
        found[language] = {
            label: _rates(rows, judged, at, guard, own) for at, label in enumerate(ATTACKS)
        }
        _say(f"without {language}: {found[language]}")
    return found


def _share(hits: NDArray[np.bool_]) -> float:
    return _round(hits.mean()) if len(hits) else 0.0


def _round(share: float) -> float:
    return round(float(share), 4)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
