"""What is counted of records, in one process or in several."""

from collections.abc import Callable

import numpy as np
import pytest

from pointsman.observe.record import Attempt
from pointsman.policy.conditions import Asks
from pointsman.policy.rules import Rule
from pointsman.replay.choices import Ground
from pointsman.replay.columns import Column
from pointsman.replay.deciding import Task
from pointsman.replay.lines import BadLine, Piece
from pointsman.replay.report import Names, Report, report_of
from pointsman.replay.running import replayed
from pointsman.replay.tally import Change, Tally, tally_of

MakeGround = Callable[..., Ground]
MakeLine = Callable[..., bytes]

TO_SMALL = Rule("small", ("small",), choose="static")
MATH = Rule("maths", ("large",), when=Asks("domain", "math", above=0.5), choose="static")
NAMES = Names("new.yaml", "abc", "tiny 1")


def tallied(task: Task, *lines: bytes) -> Tally:
    return tally_of(Piece("d", 1, lines), task)


def reported(task: Task, *lines: bytes) -> Report:
    return report_of(tallied(task, *lines), task, NAMES)


def test_bad_lines_are_counted_and_named_and_the_others_decided(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    report = reported(Task(a_ground()), a_line(), b"\n", b"no record\n", a_line(), b"{}\n")
    assert (report.lines, report.decided, report.bad_lines) == (4, 2, 2)
    assert [(bad.file, bad.line) for bad in report.bad] == [("d", 3), ("d", 5)]


def test_two_tallies_add_up(a_ground: MakeGround, mixed: list[bytes]) -> None:
    task = Task(a_ground(MATH, TO_SMALL), feedback={"dec_1": 0.5})
    lines = [*mixed, b"bad\n", mixed[0].replace(b'"dec_1"', b'"dec_2"')]
    whole, parts = tallied(task, *lines), Tally()
    for at, line in enumerate(lines, start=1):
        parts.add(tally_of(Piece("d", at, (line,)), task))
    assert report_of(parts, task, NAMES) == report_of(whole, task, NAMES)


def test_processes_count_what_one_counts(a_ground: MakeGround, mixed: list[bytes]) -> None:
    task = Task(a_ground(MATH, TO_SMALL), feedback={"dec_1": 0.5})
    some = [Piece("d", 1 + 4 * at, tuple(mixed)) for at in range(9)]
    told: list[int] = []
    several = replayed(iter(some), task, 2, told.append)
    one = replayed(iter(some), task, 1, lambda _done: None)
    assert report_of(several, task, NAMES) == report_of(one, task, NAMES)
    assert told == [4 * (at + 1) for at in range(9)]


def test_rare_kinds_of_change_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.replay.tally.MOST_KINDS", 2)
    total = Tally()
    for name in ("a", "b", "c", "d", "a"):
        part = Tally()
        part.changes[Change(name, name, "r", "r")] += 1
        total.add(part)
    assert total.changes.total() == 5
    assert total.changes[Change("a", "a", "r", "r")] == 2
    assert total.changes[Change("others", "others", "others", "others")] == 2


def test_a_time_of_several_answers_or_tries_is_no_speed(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    small = a_ground(TO_SMALL)
    tries = (Attempt("small", "e", "503"), Attempt("small", "e", "200"))
    lines = [
        a_line(small, usage=(40, 100), total_ms=9.0, attempts=tries),
        a_line(small, usage=(40, 100), total_ms=9.0, question={"choices": 2}),
    ]
    assert tallied(Task(small), *lines).timings == {}


def test_a_file_that_breaks_off_is_a_bad_line(a_ground: MakeGround, mixed: list[bytes]) -> None:
    tally = tally_of(Piece("d", 5, tuple(mixed), broken="cut short"), Task(a_ground()))
    assert (tally.lines, tally.bad_lines) == (4, 1)
    assert tally.bad[0] == BadLine("d", 9, "the file cannot be read on: cut short")


def test_rows_are_numbers(a_ground: MakeGround, mixed: list[bytes]) -> None:
    rows = tallied(Task(a_ground(MATH, TO_SMALL)), *mixed).groups.rows()
    assert rows.shape == (4, len(Column))
    assert np.isfinite(rows).all()
