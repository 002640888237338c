"""What the counts of records come to."""

import math
from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.models import Catalog, Prices, Speed
from pointsman.policy.conditions import Asks
from pointsman.policy.rules import ReasoningRule, Rule
from pointsman.replay.choices import Ground
from pointsman.replay.deciding import Task
from pointsman.replay.latency import LEAST_ANSWERS
from pointsman.replay.lines import Piece
from pointsman.replay.notes import left_out, notes
from pointsman.replay.report import Names, Report, report_of
from pointsman.replay.show import report_lines
from pointsman.replay.tally import Tally, tally_of

MakeGround = Callable[..., Ground]
MakeLine = Callable[..., bytes]

TO_SMALL = Rule("small", ("small",), choose="static")
TO_LARGE = Rule("large", ("large",), choose="static")
MATH = Rule("maths", ("large",), when=Asks("domain", "math", above=0.5), choose="static")
GUARDED = Rule("guard", ("large",), when=Asks("jailbreak", "p", above=0.5), choose="static")
NAMES = Names("new.yaml", "abc", "tiny 1")


def tallied(task: Task, *lines: bytes) -> Tally:
    return tally_of(Piece("d", 1, lines), task)


def reported(task: Task, *lines: bytes) -> Report:
    return report_of(tallied(task, *lines), task, NAMES)


def test_a_report_says_what_changes_and_by_which_rule(
    a_ground: MakeGround, mixed: list[bytes]
) -> None:
    report = reported(Task(a_ground(MATH, TO_SMALL)), *mixed)
    assert (report.lines, report.decided) == (4, 4)
    assert report.changed.value == 0.75
    (kind,) = report.changes
    assert (kind.before, kind.after) == ("small, reasoning off", "large, reasoning off")
    assert (kind.rule_before, kind.rule_after) == ("small", "maths")
    assert (kind.records, kind.share) == (3, 0.75)


def test_what_is_not_changed_is_what_was_measured_and_the_rest_is_scaled_by_it(
    a_ground: MakeGround, mixed: list[bytes]
) -> None:
    report = reported(Task(a_ground(MATH, TO_SMALL)), *mixed)
    measured = report.measured
    assert measured is not None
    # The one choice that stays took 512 tokens where 256 were expected.
    assert measured.tokens_scale == 2.0
    assert measured.tokens.before == pytest.approx(1000 * (100 + 200 + 300 + 512) / 4)
    assert measured.tokens.after == pytest.approx(1000 * (3 * 2 * 256 + 512) / 4)
    paid = [(40 / 4 + tokens) / 1e6 for tokens in (100, 200, 300, 512)]
    assert measured.usd.before == pytest.approx(1000 * sum(paid) / 4)
    expected_small = (100 / 4 + 256) / 1e6
    scale = paid[3] / expected_small
    assert measured.usd_scale == pytest.approx(scale)
    assert measured.usd.after == pytest.approx(
        1000 * (3 * scale * 9 * expected_small + paid[3]) / 4
    )


def test_expectations_are_per_thousand_requests(a_ground: MakeGround, mixed: list[bytes]) -> None:
    report = reported(Task(a_ground(MATH, TO_SMALL)), *mixed)
    small = (100 / 4 + 256) / 1e6
    assert report.usd.before == pytest.approx(1000 * small)
    assert report.usd.after == pytest.approx(1000 * (3 * 9 + 1) * small / 4)
    assert report.usd.change.value == pytest.approx(report.usd.after - report.usd.before)
    assert report.usd.change.low < report.usd.change.value < report.usd.change.high
    assert report.tokens.before == report.tokens.after == 256_000
    assert report.tokens.change.value == report.tokens.change.high == 0
    shares = {use.model: use for use in report.models}
    assert (shares["small"].requests_before, shares["small"].requests_after) == (1.0, 0.25)
    assert shares["large"].usd_after == pytest.approx(27 / 28)


def test_reasoning_is_counted(a_ground: MakeGround, mixed: list[bytes]) -> None:
    thinks = msgspec.structs.replace(
        MATH, choose="gain", reasoning=msgspec.structs.replace(MATH.reasoning, mode="on")
    )
    report = reported(Task(a_ground(thinks, TO_SMALL)), *mixed)
    assert (report.reasons.before, report.reasons.after) == (0.0, 0.75)
    assert report.right.after > report.right.before
    assert report.right_records == 4


def test_what_is_left_out_says_why_and_what_mends_it(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    lines = [a_line(), a_line(), a_line(shadow_of="dec_0"), a_line(question={"named": "large"})]
    report = reported(Task(a_ground(GUARDED, TO_SMALL)), *lines)
    assert report.decided == 1
    assert report.lacks == {"jailbreak.p": 2}
    said = "\n".join(left_out(report))
    assert "2 records: the new config asks for what was not measured of them" in said
    assert "jailbreak.p in 2" in said
    assert "mend: serve with a config whose rules ask for that" in said
    assert "1 record: copies for a shadow model" in said


def test_a_run_of_another_config_and_bundle_is_said(a_ground: MakeGround, a_line: MakeLine) -> None:
    lines = [a_line(), a_line(policy="def"), a_line(bundle="other 2")]
    report = reported(Task(a_ground()), *lines)
    assert report.recorded_by == {"abc": 2, "def": 1}
    said = "\n".join(notes(report))
    assert "decided by 2 different configs" in said
    assert "1 record measured by another encoder bundle than the new config's (other 2)" in said


def test_choices_that_stay_but_cost_something_else_are_said_to(
    a_ground: MakeGround, mixed: list[bytes], catalog: Catalog
) -> None:
    dearer = msgspec.structs.replace(catalog.models["small"], prices=Prices(0.25, 2.0))
    models = Catalog({**catalog.models, "small": dearer})
    report = reported(Task(a_ground(TO_SMALL, models=models)), *mixed)
    assert report.changed.value == 0
    assert report.differs == pytest.approx((25 + 256) / (25 + 512))
    assert "choices that stay were expected to cost 52.3 % of that" in "\n".join(notes(report))
    same = reported(Task(a_ground(TO_SMALL)), *mixed)
    assert same.differs == pytest.approx(1.0)
    assert "prices" not in "\n".join(note for note in notes(same) if "stay" in note)


def test_speed_is_fitted_to_answers_or_stands_on_the_card(
    a_ground: MakeGround, a_line: MakeLine, catalog: Catalog
) -> None:
    small = a_ground(TO_SMALL)
    lines = [
        a_line(small, usage=(40, 100 * at), total_ms=500 + 20.0 * 100 * at)
        for at in range(1, LEAST_ANSWERS + 1)
    ]
    nothing = reported(Task(a_ground(TO_LARGE)), *lines).latency
    assert nothing.unknown == ("large",)
    assert (nothing.before, nothing.after) == (None, None)
    large = msgspec.structs.replace(catalog.models["large"], speed=Speed(1.0, 10.0))
    models = Catalog({**catalog.models, "large": large})
    report = reported(Task(a_ground(TO_LARGE, models=models)), *lines)
    pace = report.latency.paces["small"]
    assert pace.start_s == pytest.approx(0.5)
    assert pace.token_s == pytest.approx(0.02)
    assert (pace.answers, report.latency.paces["large"].answers) == (LEAST_ANSWERS, 0)
    assert report.latency.before == pytest.approx(0.5 + 256 * 0.02)
    assert report.latency.after == pytest.approx(1.0 + 256 / 10.0)
    assert report.latency.observed_s == pytest.approx(0.5 + 1050 * 0.02)


@pytest.mark.parametrize("times", [{}, {"total_ms": 900.0}], ids=["no times", "always the same"])
def test_answers_that_tell_nothing_of_speed_fit_nothing(
    a_ground: MakeGround, a_line: MakeLine, times: dict[str, float]
) -> None:
    small = a_ground(TO_SMALL)
    lines = [a_line(small, usage=(40, 100), **times)] * (LEAST_ANSWERS + 1)
    assert reported(Task(small), *lines).latency.unknown == ("small",)


def test_nothing_decided_is_said_and_nothing_made_up(a_ground: MakeGround) -> None:
    report = reported(Task(a_ground()), b"{}\n")
    assert report.decided == 0
    assert math.isnan(report.usd.before)
    first, second = report_lines(report)
    assert first.startswith("0 of 1 record decided again under new.yaml (policy abc), ")
    assert second == "  left out 1 line: no decision record (named on standard error)"
    assert msgspec.json.decode(msgspec.json.encode(report))["usd"]["before"] is None


def test_a_report_reads_as_a_table(a_ground: MakeGround, mixed: list[bytes]) -> None:
    task = Task(a_ground(MATH, TO_SMALL), feedback={"dec_1": 0.5})
    text = "\n".join(report_lines(reported(task, *mixed)))
    for line in (
        "4 of 4 records decided again under new.yaml (policy abc)",
        "Changed: 75.0 % ",
        "  small, reasoning off  large, reasoning off  small -> maths        3  75.0 %",
        "  measured output tokens, of 4",
        "  small          100.0 %  25.0 %      100.0 %   3.6 %",
        "Quality by feedback, 4 records with a score:",
        "WARNING: the old policy left nothing to chance",
        "WARNING: the estimate rests on as much as 1 records of equal weight",
    ):
        assert line in text


def test_what_a_policy_would_refuse_is_told_with_an_example(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    busy = a_line(a_ground(TO_LARGE), question={"avoid": {"small": "it has failed"}})
    old = a_line(question={"named": "large"}, target=None)
    tally = Tally()
    tally.add(tallied(Task(a_ground(TO_SMALL)), busy, old))
    report = report_of(tally, Task(a_ground(TO_SMALL)), NAMES)
    said = "\n".join(left_out(report))
    assert "1 record: the new config would refuse them (no_candidate), such as: rule " in said
    assert "1 record: written by a version that did not record what was decided" in said


def test_only_another_cap_on_reasoning_is_a_change_that_is_said(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    thinks, longer = (
        Rule("r", ("small",), reasoning=ReasoningRule("on", budget_tokens=tokens))
        for tokens in (1024, 2048)
    )
    report = reported(Task(a_ground(longer)), a_line(a_ground(thinks)))
    (kind,) = report.changes
    assert (kind.before, kind.after) == (
        "small, reasoning on",
        "small, reasoning on, another budget",
    )


def test_a_line_that_begins_before_time_goes_through_nothing(
    a_ground: MakeGround, a_line: MakeLine
) -> None:
    small = a_ground(TO_SMALL)
    tokens = [100 * at for at in range(1, LEAST_ANSWERS + 1)]
    lines = [a_line(small, usage=(40, n), total_ms=20.0 * n - 1000) for n in tokens]
    pace = reported(Task(small), *lines).latency.paces["small"]
    assert pace.start_s == 0
    assert 0.015 < pace.token_s < 0.02


def test_many_kinds_of_change_are_shown_in_part(
    a_ground: MakeGround, mixed: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.replay.report.CHANGES_SHOWN", 1)
    law = Rule("law", ("large",), when=Asks("domain", "law"), choose="static")
    report = reported(Task(a_ground(MATH, law, TO_SMALL)), *mixed)
    assert (len(report.changes), report.other_changes) == (1, 1)
    assert "  and 1 record of rarer kinds" in list(report_lines(report))


def test_two_policies_are_shown_with_the_score_of_each(
    a_ground: MakeGround, mixed: list[bytes]
) -> None:
    task = Task(a_ground(MATH, TO_SMALL), old=a_ground(TO_SMALL), feedback={"dec_1": 0.5})
    names = msgspec.structs.replace(NAMES, against="old.yaml")
    lines = list(report_lines(report_of(tallied(task, *mixed), task, names)))
    assert lines[0].endswith("against old.yaml; nothing was sent")
    assert any(line.startswith("  before, SNIPS") for line in lines)
    speedy = {
        name: msgspec.structs.replace(model, speed=Speed(1.0, 10.0))
        for name, model in task.new.catalog.models.items()
    }
    there = Task(a_ground(MATH, TO_SMALL, models=Catalog(speedy)))
    lines = list(report_lines(reported(there, *mixed)))
    assert any("modelled seconds" in line and line.endswith("+0.00") for line in lines)
    assert "large 1.00 s + 100.0 ms per token (its card)" in lines[-1]
