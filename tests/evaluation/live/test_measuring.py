"""Whole runs against a model that plays recorded answers."""

import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from pointsman.catalog.families import FAMILIES
from pointsman.cli import main
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.errors import ConfigError
from pointsman.evaluation import live
from pointsman.evaluation.live.arms import switch_of
from pointsman.evaluation.live.probe import PROBE, PROBE_TOKENS

RIGHT, WRONG = "The answer is (A).", "The answer is (B)."
STEPS = "step " * 30


def text_of(category: str, number: int) -> str:
    return f"Of {category}, what is number {number}?\nA. right\nB. wrong\nC. worse"


def recorded(count: int, *categories: str) -> dict[str, Any]:
    """Off knows the even numbers of each category; on thinks 30 tokens, and knows all."""
    return {
        text_of(category, number): {
            "off": ("", WRONG if number % 2 else RIGHT),
            "on": (STEPS, RIGHT),
        }
        for category in categories or ("math", "law")
        for number in range(count)
    }


def shown(report: Any) -> str:
    console = Console(width=220)
    with console.capture() as capture:
        live.show(report, console)
    return capture.get()


def test_a_run_measures_both_arms_and_leaves_their_outcomes(
    model: Any, run: Any, questions: Any, lines: Any
) -> None:
    questions(6)
    model.recorded = recorded(6)
    report = run("--concurrency", "3")
    off, on = report.caps[0].arms
    assert (off.n, off.accuracy.share, off.tokens_mean) == (12, 0.5, 4)
    assert (on.n, on.accuracy.share, on.tokens_mean) == (12, 1.0, 34)
    assert off.from_on.value == -0.5
    assert off.tokens_saved.value == pytest.approx(30 / 34)
    assert (off.reasoned, on.reasoned, off.violations, on.violations) == (0, 1, 0, 0)
    assert (report.planned, report.resumed, report.interrupted) == (24, 0, False)
    found = {(line["id"], line["mode"]): line for line in lines()}
    assert len(found) == len(lines()) == 24
    line = found["math-3", "off"]
    assert line["text"] == text_of("math", 3)
    assert (line["model"], line["correct"], line["parsed"], line["answer"]) == ("m", 0, "B", "A")
    assert (line["tokens"], line["prompt_tokens"], line["cap"]) == (4, 30, 50)
    assert line["total_ms"] >= line["ttft_ms"] > 0


def test_the_familys_own_switch_is_in_every_body_that_is_sent(
    model: Any, run: Any, questions: Any
) -> None:
    questions(4)
    run()
    assert model.modes().count("on") == model.modes().count("off") == 9  # one of each to try it
    for body, mode in zip(model.requests, model.modes(), strict=True):
        flag = {"on": True, "off": False}[mode]
        assert body["chat_template_kwargs"] == {"enable_thinking": flag}
        assert body["model"] == "m"
        assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})
        assert body["max_tokens"] == (
            50 if body["messages"][-1]["content"] != PROBE else PROBE_TOKENS
        )
        assert "temperature" not in body
        assert [message["role"] for message in body["messages"]] == ["system", "user"]
    on, off = b'"chat_template_kwargs":{"enable_thinking":true}', b'"enable_thinking":false}'
    assert sum(on in raw for raw in model.bodies) == sum(off in raw for raw in model.bodies) == 9


def test_a_model_that_is_cut_off_is_wrong_and_counted(model: Any, run: Any, questions: Any) -> None:
    questions(5)
    model.recorded = recorded(5)
    report = run("--cap", "20,50")
    assert [scores.cap for scores in report.caps] == [20, 50]
    low, high = (scores.arms[1] for scores in report.caps)
    assert (low.accuracy.share, low.truncated, low.unparsed, low.violations) == (0.0, 1.0, 0.0, 0)
    assert (high.accuracy.share, high.truncated) == (1.0, 0.0)
    assert low.tokens_mean == 20
    assert [body["max_tokens"] for body in model.requests[:2]] == [PROBE_TOKENS] * 2
    assert sorted({body["max_tokens"] for body in model.requests[2:]}) == [20, 50]
    said = shown(report)
    assert "At most 20 output tokens" in said
    assert "published, not reproduced" in said
    assert "`pointsman learn` takes the mean" in said


def test_a_server_that_does_not_count_is_said_to(model: Any, run: Any, questions: Any) -> None:
    questions(2)
    model.recorded, model.counts = recorded(2), (False, False)
    report = run()
    off, on = report.caps[0].arms
    assert (off.uncounted, off.tokens_mean, on.tokens_mean) == (4, 4, 34)
    assert "off, cap 50: 4 of 4 answers came without usage" in shown(report)


def test_answers_that_go_against_the_switch_later_on_are_counted(
    model: Any, run: Any, questions: Any
) -> None:
    questions(3)

    def forget_the_switch(number: int) -> bool:
        model.obeys = number <= 2  # the two that try the arms
        return False

    model.before = forget_the_switch
    report = run()
    off, on = report.caps[0].arms
    assert (off.violations, on.violations) == (6, 0)
    assert "off, cap 50: 6 of 6 answers went against the switch" in shown(report)


def test_failures_are_counted_and_asked_again_by_the_next_run(
    model: Any, run: Any, questions: Any, lines: Any
) -> None:
    questions(3)
    model.recorded = recorded(3)
    model.statuses.extend([200, 200, 404, 404, 404])  # 200 lets a request through
    report = run("--concurrency", "1")
    assert sum(arm.failed.get("status 404", 0) for arm in report.caps[0].arms) == 3
    assert len(lines()) == sum(arm.n for arm in report.caps[0].arms) == 9
    assert "no answer: status 404" in shown(report)
    again = run("--resume")
    assert (again.resumed, len(lines())) == (9, 12)
    assert [(arm.n, dict(arm.failed)) for arm in again.caps[0].arms] == [(6, {}), (6, {})]
    assert "9 answers are from an earlier run" in shown(again)
    asked = len(model.bodies)
    assert run("--resume").resumed == 12
    assert len(model.bodies) == asked  # nothing was left to ask


def test_a_run_can_be_made_larger(run: Any, questions: Any, lines: Any) -> None:
    questions(8)
    run("--n", "2")
    assert len(lines()) == 8
    larger = run("--n", "5", "--resume")
    assert (larger.drawn, larger.resumed, len(lines())) == (10, 8, 20)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl-C interrupt, even where a shell runs the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_with_what_is_there(model: Any, run: Any, questions: Any, lines: Any) -> None:
    questions(20)
    model.recorded = recorded(20)
    main_thread = threading.main_thread().ident
    assert main_thread is not None

    def interrupt(number: int) -> bool:
        if number == 12:  # both that may be under way are held: what came before is whole
            signal.pthread_kill(main_thread, signal.SIGINT)
        return number > 10

    model.before = interrupt
    report = run("--concurrency", "2")
    assert report.interrupted
    assert report.planned == 80
    assert sum(arm.n for arm in report.caps[0].arms) == len(lines()) == 8  # two have tried the arms
    assert "Interrupted: 8 of 80 answers are there; --resume goes on." in shown(report)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_before_the_first_answer_ends_with_an_empty_report(
    model: Any, run: Any, questions: Any
) -> None:
    questions(1)
    main_thread = threading.main_thread().ident
    assert main_thread is not None

    def interrupt(_number: int) -> bool:
        signal.pthread_kill(main_thread, signal.SIGINT)
        return True

    model.before = interrupt
    report = run()
    assert [(arm.n, arm.accuracy) for arm in report.caps[0].arms] == [(0, None), (0, None)]
    assert "Interrupted: 0 of 4" in shown(report)


def test_pointsman_learn_reads_the_outcomes(
    model: Any,
    run: Any,
    questions: Any,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    encoder: OnnxEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    questions(30)
    model.recorded = recorded(30, "math") | {
        text_of("law", number): {
            "off": ("", RIGHT if number % 3 else WRONG),
            "on": (STEPS, WRONG if number % 2 else RIGHT),
        }
        for number in range(30)
    }
    run()
    monkeypatch.setattr("pointsman.cli.learn.OnnxEncoder", lambda *_args, **_options: encoder)
    status = main(["learn", str(out), "--light", "m:off", "--heavy", "m:on"])
    told = capsys.readouterr().out
    assert status == 0
    assert "60 questions answered by both m:off and m:on" in told
    assert "Verdict: " in told


def test_the_report_has_a_form_in_json(model: Any, run: Any, questions: Any) -> None:
    questions(2)
    model.recorded = recorded(2)
    found = json.loads(msgspec.json.encode(run("--temperature", "0.6")))
    assert found["benchmark"] == "reasoning, live"
    assert found["asked"]["temperature"] == 0.6
    assert found["switches"]["off"] == '{"chat_template_kwargs":{"enable_thinking":false}}'
    assert found["caps"][0]["arms"][0]["accuracy"]["rows"] == 4
    assert all(body["temperature"] == 0.6 for body in model.requests)


@pytest.mark.parametrize(
    ("arm", "family", "switch"),
    [
        ("off", "qwen3", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("on", "qwen3", {"chat_template_kwargs": {"enable_thinking": True}}),
        ("off", "openai", {"reasoning_effort": "none"}),
        ("on", "openai", {"reasoning_effort": "high"}),
        ("on", "gpt-oss", {"reasoning_effort": "high"}),
    ],
)
def test_on_is_the_most_that_a_family_can_reason(arm: str, family: str, switch: Any) -> None:
    assert switch_of(arm, family, FAMILIES[family]) == switch


@pytest.mark.parametrize(("arm", "family"), [("off", "gpt-oss"), ("on", "generic")])
def test_an_arm_that_the_family_has_no_switch_for_is_wrong_use(
    arm: str, family: str, model: Any, run: Any, questions: Any
) -> None:
    questions(1)
    with pytest.raises(ConfigError, match=f"--arms {arm}: the family `{family}` has no switch"):
        run("--family", family, "--arms", arm)
    assert model.bodies == []


def test_a_half_that_holds_no_question_is_wrong_use(run: Any, questions: Any) -> None:
    questions(1, ("math",))
    with pytest.raises(ConfigError, match="no question falls on the half"):
        run("--half", "report")
