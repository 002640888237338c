"""What is kept of all records: sums and counts, however many there are."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pointsman.replay.columns import COLUMNS
from pointsman.replay.deciding import MISSING, Again, Left, Seen, Task, decide_again
from pointsman.replay.lines import BadLine, Piece
from pointsman.replay.records import read_record
from pointsman.replay.row import row_of
from pointsman.statistics.calibrate import Floats
from pointsman.statistics.resampling import Groups

MOST_KINDS = 10_000
"""Kinds of change, and of other things, that are told apart."""
_BAD_LINES_SHOWN = 1000


class Change(NamedTuple):
    """A kind of change: the two choices and the two rules, in words."""

    before: str
    after: str
    rule_before: str
    rule_after: str


OTHER = "others"


class Tally:
    """Counts records; two tallies add up.

    Attributes:
        groups: Numbers by `Column`.
        lines: Lines read that are not empty.
        bad: The first lines that are no record.
        bad_lines: How many there are.
        left: Records not decided again, by reason and whether the old policy is at fault.
        said: An example of each such reason, in words.
        lacks: Records that lack a value, by its name.
        changes: Changed decisions by kind.
        uses: Of each model, before and after: requests, expected money and tokens, (2, 3).
        timings: Of each model, over answers whose time is known: their number, and the sums of
            tokens, seconds, tokens squared, tokens times seconds, (5,).
        recorded: Records that were decided again, by the config and the bundle that made them.
        gone: Records whose model the new config does not have, by model.
        differs: Expected money of choices that stay, as recorded and by the yardstick, (2,).
    """

    def __init__(self) -> None:
        self.groups = Groups(COLUMNS)
        self.lines = 0
        self.bad: list[BadLine] = []
        self.bad_lines = 0
        self.left: Counter[tuple[str, bool]] = Counter()
        self.said: dict[str, str] = {}
        self.lacks: Counter[str] = Counter()
        self.changes: Counter[Change] = Counter()
        self.uses: dict[str, Floats] = {}
        self.timings: dict[str, Floats] = {}
        self.recorded: Counter[tuple[str, str]] = Counter()
        self.gone: Counter[str] = Counter()
        self.differs: Floats = np.zeros(2)

    def add(self, other: "Tally") -> None:
        """Add what another one has counted."""
        self.groups.add(other.groups.rows())
        self.lines += other.lines
        self.bad += other.bad[: _BAD_LINES_SHOWN - len(self.bad)]
        self.bad_lines += other.bad_lines
        self.left.update(other.left)
        self.said = {**other.said, **self.said}
        self.lacks.update(other.lacks)
        self.recorded.update(other.recorded)
        self.gone.update(other.gone)
        self.differs += other.differs
        for kind, count in other.changes.items():
            known = kind in self.changes or len(self.changes) < MOST_KINDS
            self.changes[kind if known else Change(OTHER, OTHER, OTHER, OTHER)] += count
        for mine, theirs in ((self.uses, other.uses), (self.timings, other.timings)):
            for model, sums in theirs.items():
                mine[model] = mine[model] + sums if model in mine else sums

    def note_bad(self, line: BadLine) -> None:
        """Count a line that is no record."""
        self.bad_lines += 1
        if len(self.bad) < _BAD_LINES_SHOWN:
            self.bad.append(line)

    def note_left(self, left: Left) -> None:
        """Count a record that is not decided again."""
        self.left[left.why, left.by_old] += 1
        self.said.setdefault(left.why, left.said)
        if left.why == MISSING:
            self.lacks.update(left.lacks)

    def note(self, again: Again) -> None:
        """Count a record that was decided again, all but its numbers."""
        before, after, kept = again.before, again.after, again.kept
        self.recorded[kept.policy, kept.bundle] += 1
        if again.changed:
            rules = before.choice.rule, after.choice.rule
            self.changes[Change(*_in_words(before, after), *rules)] += 1
        elif again.as_recorded and not again.gone:
            self.differs += (kept.expected_usd, before.expected.usd)
        if again.gone:
            self.gone[before.choice.target.model] += 1
        for side, seen in enumerate((before, after)):
            use = self.uses.setdefault(seen.choice.target.model, np.zeros((2, 3)))
            use[side] += (1.0, seen.expected.usd, seen.expected.output_tokens)
        self._note_time(again)

    def _note_time(self, again: Again) -> None:
        kept = again.kept
        one_answer = kept.question is not None and kept.question.choices == 1
        if kept.measured is None or kept.total_ms is None or not one_answer or kept.target is None:
            return
        if len(kept.attempts) > 1:
            return  # its time is not that of one answer
        tokens, seconds = float(kept.measured[0].completion_tokens), kept.total_ms / 1000
        timing = self.timings.setdefault(kept.target.model, np.zeros(5))
        timing += (1.0, tokens, seconds, tokens**2, tokens * seconds)


def _in_words(before: Seen, after: Seen) -> tuple[str, str]:
    said = str(before.choice), str(after.choice)
    if said[0] == said[1]:  # only the cap on reasoning tokens differs
        return said[0], f"{said[1]}, another budget"
    return said


def tally_of(piece: Piece, task: Task) -> Tally:
    """Decide the records of a piece again, and count."""
    tally = Tally()
    rows: list[Sequence[float]] = []
    for number, line in enumerate(piece.lines, start=piece.start):
        if not line.strip():
            continue
        tally.lines += 1
        try:
            kept = read_record(line)
        except ValueError as error:
            tally.note_bad(BadLine(piece.file, number, str(error)))
            continue
        again = decide_again(kept, task)
        if isinstance(again, Left):
            tally.note_left(again)
            continue
        tally.note(again)
        rows.append(row_of(again, task))
    if piece.broken is not None:
        end = piece.start + len(piece.lines)
        tally.note_bad(BadLine(piece.file, end, f"the file cannot be read on: {piece.broken}"))
    tally.groups.add(np.array(rows, dtype=np.float64).reshape(len(rows), COLUMNS))
    return tally
