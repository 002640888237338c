"""Holds another program's spans against ours, on the same rows."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from pointsman.errors import ConfigError
from pointsman.evaluation.pii_report import Beside, Compared
from pointsman.evaluation.pii_scores import (
    GROUPS,
    IsOf,
    Tagged,
    Typed,
    counted,
    f1_of,
    false_alarms,
    only,
    sources_of,
    spans_of,
    types_of,
)
from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.shares import estimate

KNOWN = "types that it finds"
"""Groups the types of which the other program finds at least one span anywhere in its file."""


class Line(msgspec.Struct, frozen=True):
    """A row in the form that `--out` writes; spans in code points, end exclusive."""

    id: str | int
    gold: tuple[Typed, ...]
    pred: tuple[tuple[int, int, str, float], ...]


Lines = Mapping[str | int, Line]


def read_lines(path: Path) -> tuple[RowsFile, Lines]:
    """Read another program's spans, by the rows' ids.

    Raises:
        ConfigError: It cannot be read, is of another form, or has an id twice.
    """
    try:
        raw = path.read_bytes()
        lines = msgspec.json.Decoder(Line).decode_lines(raw)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"--beside {path}: {error}; expected lines as `bench pii --out` writes them"
        ) from error
    by_id = {line.id: line for line in lines}
    if len(by_id) < len(lines):
        raise ConfigError(f"--beside {path}: an id stands there twice; expected a line per row")
    return RowsFile(str(path), hashlib.sha256(raw).hexdigest(), len(lines)), by_id


def line_of(lines: Lines, row: str | int, gold: Sequence[Typed], where: str) -> Line:
    """Return the line of a row.

    Raises:
        ConfigError: There is none, or it was made from other data.
    """
    line = lines.get(row)
    if line is None or frozenset(line.gold) != frozenset(gold):
        found = "no line" if line is None else "other spans in `gold`"
        raise ConfigError(
            f"--beside {where}: {found} for the row with id `{row}`: make the file from the same "
            "data and split"
        )
    return line


def beside_of(file: RowsFile, rows: Sequence[Tagged], lines: Sequence[Line]) -> Beside:
    """Compare.

    Args:
        file: Where the lines were read from.
        rows: What we found.
        lines: What the other program found in each of them.
    """
    theirs = [
        msgspec.structs.replace(row, found={span[:3]: span[3] for span in line.pred})
        for row, line in zip(rows, lines, strict=True)
    ]
    known = {span[2] for line in lines for span in line.pred}
    pairs = list(zip(rows, theirs, strict=True))
    every, *others = GROUPS
    groups = {every: GROUPS[every], KNOWN: known.__contains__, **{n: GROUPS[n] for n in others}}
    by_source = {
        source: [pair for pair in pairs if pair[0].source == source] for source in sources_of(rows)
    }
    return Beside(
        file=file,
        groups=tuple(_compared(name, pairs, is_of) for name, is_of in groups.items()),
        types=tuple(_compared(name, pairs, only(name)) for name in types_of([*rows, *theirs])),
        sources=tuple(_compared(name, part, GROUPS[every]) for name, part in by_source.items()),
        false_alarms=false_alarms(theirs),
    )


def _compared(name: str, pairs: Sequence[tuple[Tagged, Tagged]], is_of: IsOf) -> Compared:
    rows, others = [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    ours, theirs = spans_of(name, rows, is_of), spans_of(name, others, is_of)
    first, second = counted(rows, is_of), counted(others, is_of)
    return Compared(
        name=name,
        counts=ours.counts,
        theirs=theirs.counts,
        f1=ours.f1,
        theirs_f1=theirs.f1,
        ahead=estimate(lambda at: f1_of(first[at]) - f1_of(second[at]), len(pairs)),
    )
