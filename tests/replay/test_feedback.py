"""Quality by scores of answers: from the file to an estimate of another policy's."""

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pointsman.errors import ConfigError
from pointsman.policy.rules import Rule
from pointsman.replay.choices import Ground
from pointsman.replay.deciding import Task
from pointsman.replay.estimates import Estimates, Feedback
from pointsman.replay.feedback import read_feedback
from pointsman.replay.lines import BadLine, Piece
from pointsman.replay.notes import notes
from pointsman.replay.records import read_record
from pointsman.replay.report import Names, report_of
from pointsman.replay.tally import tally_of
from pointsman.signals.detector import Signals

MakeGround = Callable[..., Ground]
MakeLine = Callable[..., bytes]
MakeSignals = Callable[..., Signals]

# Half of the questions are hard. Right answers of 100: the small model 90 of the easy and 30 of the
# hard ones, the large one 95 and 70.
P_RIGHT = {
    (False, "small"): 0.9,
    (True, "small"): 0.3,
    (False, "large"): 0.95,
    (True, "large"): 0.7,
}
AB = Rule("ab", ("small", "large"), choose="split", weights={"small": 0.7, "large": 0.3})
TO_LARGE = Rule("large", ("large",), choose="static")
BY_GAIN = Rule("gain", ("small", "large"))
TRIALS, RECORDS = 120, 160


def off(rule: Rule) -> Rule:
    return msgspec.structs.replace(
        rule, reasoning=msgspec.structs.replace(rule.reasoning, mode="off")
    )


def feedback(task: Task, lines: list[bytes]) -> Feedback:
    tally = tally_of(Piece("d", 1, tuple(lines)), task)
    found = report_of(tally, task, Names("new.yaml", "abc", "tiny 1")).feedback
    assert found is not None
    return found


@pytest.fixture(scope="module")
def logged(
    a_ground: MakeGround, a_line: MakeLine, some_signals: MakeSignals
) -> Callable[[int], tuple[list[bytes], list[float]]]:
    """Records of a policy that splits conversations, and how likely each answer is right."""
    ground = a_ground(off(AB))
    # Of a hard question the need is foreseen: a policy by gain sends it to the large model.
    kinds = {
        hard: some_signals(p_gain=0.9 if hard else 0.0, p_loss=0.0, both=0.05)
        for hard in (False, True)
    }

    def run(trial: int) -> tuple[list[bytes], list[float]]:
        lines, p_right = [], []
        for number in range(RECORDS):
            hard, name = number % 2 == 1, f"{trial}-{number}"
            line = a_line(
                ground, signals=kinds[hard], question={"conversation": name}, id=str(number)
            )
            lines.append(line)
            target = read_record(line).target
            assert target is not None
            p_right.append(P_RIGHT[hard, target.model])
        return lines, p_right

    return run


TRUE = {
    "always large": (off(TO_LARGE), (0.95 + 0.70) / 2),
    "by gain": (off(BY_GAIN), (0.90 + 0.70) / 2),
    "the same split": (off(AB), (0.7 * 0.9 + 0.3 * 0.95 + 0.7 * 0.3 + 0.3 * 0.7) / 2),
}


def test_the_interval_holds_the_true_quality_of_known_policies_in_95_of_100_trials(
    a_ground: MakeGround, logged: Callable[[int], tuple[list[bytes], list[float]]]
) -> None:
    random, held = np.random.default_rng(3), Counter[tuple[str, str]]()
    for trial in range(TRIALS):
        lines, p_right = logged(trial)
        scores = (random.random(RECORDS) < p_right).astype(float).tolist()
        given = dict(zip(map(str, range(RECORDS)), scores, strict=True))
        for name, (rule, true) in TRUE.items():
            tally = tally_of(Piece("d", 1, tuple(lines)), Task(a_ground(rule), feedback=given))
            found = Estimates(tally.groups.rows(), draws=300).feedback(RECORDS)
            held[name, "ips"] += found.ips.low <= true <= found.ips.high
            held[name, "snips"] += found.snips.low <= true <= found.snips.high
    assert len(held) == 2 * len(TRUE)
    for trials in held.values():
        assert 0.89 <= trials / TRIALS <= 0.995  # three standard errors around 0.95


def test_a_policy_that_left_nothing_to_chance_is_warned_of(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    small = a_ground(off(Rule("small", ("small",), choose="static")))
    task = Task(a_ground(off(TO_LARGE)), feedback={"dec_1": 1.0, "dec_9": 0.0})
    lines = [a_line(small)]
    found = feedback(task, lines)
    assert (found.records, found.scores, found.certain, found.overlap) == (1, 2, 1.0, 0.0)
    assert found.recorded.value == 1.0
    assert found.ips.value == 0.0
    assert str(found.snips.value) == "nan"
    report = report_of(tally_of(Piece("d", 1, tuple(lines)), task), task, Names("n", "p", "tiny 1"))
    said = "\n".join(notes(report))
    assert "WARNING: the old policy left nothing to chance, so only requests where both" in said
    assert "1 score of no record decided again" in said


def test_a_policy_that_left_some_to_chance_is_warned_of(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    lines = [a_line(id="a"), a_line(a_ground(off(AB)), id="b")]
    task = Task(a_ground(), feedback={"a": 1.0, "b": 1.0})
    report = report_of(tally_of(Piece("d", 1, tuple(lines)), task), task, Names("n", "p", "tiny 1"))
    assert "WARNING: in 50.0 % of the scored records" in "\n".join(notes(report))


SCORES = (
    b'{"id": "a", "score": 0.5}\n\n{"id": "a", "score": 1, "by": "me"}\n{"id": "b", "score": 0}\n'
)


@pytest.mark.parametrize("raw", [SCORES, gzip.compress(SCORES)], ids=["plain", "gzipped"])
def test_the_last_score_of_an_id_counts(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "scores"
    file.write_bytes(raw)
    assert read_feedback(str(file)) == ({"a": 1.0, "b": 0.0}, [])


def test_what_is_no_score_is_named(tmp_path: Path) -> None:
    file = tmp_path / "scores"
    file.write_bytes(b'{"id": "a", "score": 2}\n{"id": "b", "score": 1}\nno\n{"score": 1}\n')
    scores, bad = read_feedback(str(file))
    assert scores == {"b": 1.0}
    assert bad[0] == BadLine(str(file), 1, "no score: Expected `float` <= 1.0 - at `$.score`")
    assert [one.line for one in bad] == [1, 3, 4]
    file.write_bytes(gzip.compress(SCORES * 1000)[:-20])
    assert "cannot be read on" in read_feedback(str(file))[1][-1].why


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="scores: cannot be read"):
        read_feedback(str(tmp_path / "scores"))
