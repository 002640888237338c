"""The lines of a run, and the file that they stay in."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pointsman.errors import ConfigError
from pointsman.evaluation.live.call import Reply, Routed
from pointsman.evaluation.live.outcomes import Outcome, OutcomesFile, outcome_of
from pointsman.evaluation.live.questions import Question
from pointsman.evaluation.live.stream import Written
from pointsman.wire.usage import CompletionDetails, Usage

QUESTION = Question("q1", "math", "How many?\nA. 1\nB. 2", "AB", "B")
USAGE = Usage(12, 90, completion_tokens_details=CompletionDetails(70))


def judged(
    answer: str = "The answer is (B).",
    *,
    finish: str = "stop",
    usage: Usage | None = USAGE,
    thoughts: dict[str, int] | None = None,
    routed: Routed | None = None,
    reasons: bool | None = True,
) -> Outcome:
    written = Written(answer, thoughts or {}, 33, finish, usage)
    reply = Reply(written, 0.25, 1.5, routed)
    return outcome_of(QUESTION, reply, model="m", arm="on", cap=100, reasons=reasons)


def test_an_outcome_is_what_came_of_an_answer() -> None:
    outcome = judged()
    assert outcome.key == ("q1", "on", 100)
    assert (outcome.text, outcome.category, outcome.answer) == (QUESTION.text, "math", "B")
    assert (outcome.correct, outcome.parsed, outcome.finish_reason) == (1, "B", "stop")
    assert (outcome.tokens, outcome.tokens_from, outcome.prompt_tokens) == (90, "usage", 12)
    assert (outcome.reasoned, outcome.reasoning_tokens) == (True, 70)
    assert (outcome.ttft_ms, outcome.total_ms) == (250, 1500)
    assert (outcome.truncated, outcome.unparsed, outcome.violates) == (False, False, False)


def test_a_wrong_letter_and_no_letter_are_both_wrong_and_told_apart() -> None:
    wrong, unread = judged("The answer is (A)."), judged("It is hard to say.")
    assert (wrong.correct, wrong.parsed, wrong.unparsed) == (0, "A", False)
    assert (unread.correct, unread.parsed, unread.unparsed) == (0, None, True)


def test_no_letter_is_taken_from_an_answer_that_the_cap_ended() -> None:
    cut = judged("So the answer is (B)", finish="length")
    assert (cut.correct, cut.parsed, cut.truncated, cut.unparsed) == (0, None, True, False)


def test_without_usage_the_chunks_of_the_stream_stand_for_tokens() -> None:
    outcome = judged(usage=None)
    assert (outcome.tokens, outcome.tokens_from, outcome.prompt_tokens) == (33, "pieces", None)


@pytest.mark.parametrize(
    ("reasons", "said", "asked"),
    [
        (True, None, True),
        (False, "on", False),  # an arm that says it itself, through a gateway
        (None, "on (high)", True),
        (None, "off", False),
        (None, "default", None),
    ],
)
def test_what_the_model_was_told_is_the_arms_or_the_routers_word(
    reasons: bool | None,  # noqa: FBT001 - a table of cases
    said: str | None,
    asked: bool | None,  # noqa: FBT001
) -> None:
    routed = Routed("large", said, "rest") if said else None
    outcome = judged(routed=routed, reasons=reasons)
    assert outcome.asked_to_reason == asked
    assert outcome.violates == (asked is False)  # 70 tokens of reasoning were counted
    assert outcome.routed_reasoning == said


def test_lines_are_kept_as_they_come_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with OutcomesFile(path, resume=False) as file:
        file.add(judged())
        assert json.loads(path.read_bytes())["parsed"] == "B"  # before the file is closed
    with OutcomesFile(path, resume=True) as file:
        assert file.read("m", [QUESTION]) == {("q1", "on", 100): judged()}
        assert file.read("m", []) == {}  # of other questions nothing is said


def test_a_file_with_lines_is_not_written_to_unless_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"kept\n")
    with pytest.raises(ConfigError, match="--resume"):
        OutcomesFile(path, resume=False)
    assert path.read_bytes() == b"kept\n"


@pytest.mark.parametrize("cut", [1, 4, 6, 60])
def test_a_line_that_a_crash_has_cut_is_taken_off(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    line = msgspec.json.encode(judged()) + b"\n"
    path.write_bytes(line + line[:cut])
    with OutcomesFile(path, resume=True) as file:
        assert file.read("m", [QUESTION]) == {("q1", "on", 100): judged()}
        file.add(judged())
    assert path.read_bytes() == 2 * line


def test_nothing_is_taken_off_a_file_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear all,\nyours")
    with pytest.raises(ConfigError, match="no line of a live run"):
        OutcomesFile(path, resume=True)
    assert path.read_bytes() == b"Dear all,\nyours"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "n"}, "of the model n, expected m"),
        ({"text": "How few?"}, "id q1 has another text"),
        ({"cap": "x"}, "expected a line of a live run"),
    ],
)
def test_lines_of_another_run_are_an_error(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(json.dumps(msgspec.to_builtins(judged()) | change) + "\n")
    with OutcomesFile(path, resume=True) as file, pytest.raises(ConfigError) as caught:
        file.read("m", [QUESTION])
    assert said in caught.value.message
    assert "out.jsonl:1" in caught.value.message


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Is a directory"):
        OutcomesFile(tmp_path, resume=False)
