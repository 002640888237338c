"""Policies on questions whose every answer was recorded."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Prices, Target
from pointsman.errors import ConfigError
from pointsman.observe.outcomes import Answer, Recorded
from pointsman.policy.conditions import Asks
from pointsman.policy.question import Question
from pointsman.policy.rules import ReasoningRule, Rule
from pointsman.replay.arms import NOT_RECORDED, Arms, arms_of
from pointsman.replay.choices import Ground
from pointsman.replay.exact import Contestant, ExactReport, exact_report
from pointsman.replay.reading import Verdict
from pointsman.replay.report import Names
from pointsman.replay.show_exact import exact_lines, exact_notes
from pointsman.signals.detector import Signals

MakeGround = Callable[..., Ground]
MakeSignals = Callable[..., Signals]

OFF = ReasoningRule(mode="off")
TO_SMALL = Rule("small", ("small",), choose="static")
TO_LARGE = Rule("large", ("large",), choose="static")
MATH_TO_LARGE = Rule("maths", ("large",), when=Asks("domain", "math"), choose="static")
NAMES = Names("new.yaml", "abc", "tiny 1", against="old.yaml")


def recorded(*rows: Mapping[str, tuple[float, float | None]]) -> list[Recorded]:
    return [
        Recorded(f"question {at}", {arm: Answer(*answer) for arm, answer in row.items()})
        for at, row in enumerate(rows)
    ]


ROWS = recorded(
    {"small": (1.0, 10.0), "large": (1.0, 40.0)},
    {"small": (0.0, 20.0), "large": (1.0, 80.0)},
    {"small": (1.0, 10.0), "large": (0.0, 40.0)},
    {"small": (0.0, 20.0), "large": (0.0, 80.0)},
)
DOMAINS = ("law", "math", "math", "law")


@pytest.fixture
def judged(some_signals: MakeSignals) -> Callable[..., list[tuple[Verdict, ...]]]:
    """Decide each row's question, about the domain of that row, by each ground."""

    def judge(*grounds: Ground, domains: tuple[str, ...] = DOMAINS) -> Any:
        questions = [Question(some_signals(domain=domain)) for domain in domains]
        return [tuple(Verdict(g.decide(q), 100.0) for g in grounds) for q in questions]

    return judge


def by_name(report: ExactReport) -> dict[str, Contestant]:
    return {each.name: each for each in report.contestants}


def test_each_way_to_choose_scores_what_its_answers_did(
    a_ground: MakeGround, catalog: Catalog, judged: Any
) -> None:
    new, old = a_ground(MATH_TO_LARGE, TO_SMALL), a_ground(TO_LARGE)
    report = exact_report(arms_of(ROWS, catalog), judged(new, old), catalog, NAMES)
    assert (report.questions, report.compared, report.unanswered) == (4, 4, 0)
    assert (report.light, report.heavy) == ("small", "large")
    assert report.shares == {"small": 0.5, "large": 0.5}
    found = by_name(report)
    assert {name: each.score.value for name, each in found.items()} == {
        "new: new.yaml": 0.5,  # right, right, wrong, wrong
        "old: old.yaml": 0.5,
        "always small": 0.5,
        "always large": 0.5,
        "random, in the same shares": 0.5,
        "the best, if it were known": 0.75,
    }
    assert found["the best, if it were known"].lead.value == -0.25
    tokens = {name: each.tokens.value for name, each in found.items() if each.tokens}
    assert tokens == {
        "new: new.yaml": (10 + 80 + 40 + 20) / 4,
        "old: old.yaml": 60.0,
        "always small": 15.0,
        "always large": 60.0,
        "random, in the same shares": 37.5,
        "the best, if it were known": (10 + 80 + 10 + 20) / 4,  # the cheaper of equals
    }
    usd = found["always large"].usd
    assert usd is not None
    assert usd.value == pytest.approx(1000 * 9 * (100 / 4 + 60) / 1e6)
    change = found["always large"].tokens_change
    assert change is not None
    assert change.value == pytest.approx(37.5 / 60 - 1)
    assert change.low <= change.value <= change.high


def test_a_lead_is_paired(a_ground: MakeGround, catalog: Catalog, judged: Any) -> None:
    report = exact_report(arms_of(ROWS, catalog), judged(a_ground(TO_SMALL)), catalog, NAMES)
    same = by_name(report)["always small"].lead
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    assert "old: old.yaml" not in by_name(report)


def test_a_target_between_the_arms_is_no_recorded_one(
    a_ground: MakeGround, catalog: Catalog, judged: Any
) -> None:
    thinks = Rule("thinks", ("large",), when=Asks("domain", "math"), reasoning=ReasoningRule("on"))
    report = exact_report(
        arms_of(ROWS, catalog), judged(a_ground(thinks, TO_SMALL)), catalog, NAMES
    )
    assert (report.compared, report.not_recorded) == (2, {"large, reasoning on": 2})
    assert report.shares == {"small": 1.0, "large": 0.0}
    said = "\n".join(exact_lines(report))
    assert "left out 2 questions: no recorded arm is large, reasoning on" in said
    assert "WARNING: 50.0 % of the questions are left out, and not by chance" in said


def test_a_cascade_and_a_refusal_are_no_recorded_arm(
    a_ground: MakeGround, catalog: Catalog, judged: Any
) -> None:
    cascade = Rule("up", ("small", "large"), choose="cascade", reasoning=OFF)
    found = judged(a_ground(cascade), domains=("law",))
    (verdict,) = found[0]
    arms = arms_of(ROWS[:1], catalog)
    assert arms.column(verdict.decision) == NOT_RECORDED
    report = exact_report(arms, found, catalog, NAMES)
    assert report.not_recorded == {"small, reasoning off, then large, reasoning off": 1}
    report = exact_report(arms, [(Verdict(None, 9.0, "no_candidate"),)], catalog, NAMES)
    assert report.not_recorded == {"refused (no_candidate)": 1}
    assert report.compared == 0
    assert len(list(exact_lines(report))) == 2


def test_a_question_that_lacks_an_answer_is_counted_apart(
    a_ground: MakeGround, catalog: Catalog, judged: Any
) -> None:
    rows = [*ROWS[:3], *recorded({"small": (1.0, 5.0)})]
    report = exact_report(arms_of(rows, catalog), judged(a_ground(TO_SMALL)), catalog, NAMES)
    assert (report.compared, report.unanswered) == (3, 1)
    assert "left out 1 question: the arm chosen, small or large has no answer" in "\n".join(
        exact_lines(report)
    )


def test_without_tokens_there_is_quality_alone(
    a_ground: MakeGround, catalog: Catalog, judged: Any
) -> None:
    rows = recorded(*({"small": (1.0, None), "large": (0.5, 9.0)} for _ in DOMAINS))
    report = exact_report(arms_of(rows, catalog), judged(a_ground(TO_SMALL)), catalog, NAMES)
    new = report.contestants[0]
    assert (new.score.value, new.tokens, new.usd) == (1.0, None, None)
    text = "\n".join(exact_lines(report))
    assert "US$ per 1,000" not in text
    assert "not every answer tells its `tokens`" in text


def test_a_lot_stands_with_the_mean_of_an_arm_that_was_not_asked(
    a_model: Callable[..., Model], a_ground: MakeGround, judged: Any, catalog: Catalog
) -> None:
    middle = a_model("middle", "generic", strength=0.5)
    models = Catalog({**catalog.models, "middle": middle})
    rows = recorded(
        {"small": (0.0, 1.0), "middle": (1.0, 2.0), "large": (0.0, 3.0)},
        {"small": (0.0, 1.0), "large": (0.0, 3.0)},
    )
    to_middle = Rule("m", ("middle",), when=Asks("domain", "math"), choose="static")
    ground = a_ground(to_middle, TO_SMALL, models=models)
    found = judged(ground, domains=("math", "law"))
    report = exact_report(arms_of(rows, models), found, models, NAMES)
    assert report.shares == {"small": 0.5, "middle": 0.5, "large": 0.0}
    assert by_name(report)["random, in the same shares"].score.value == 0.5


def test_arms_are_found_by_either_name_and_mode_from_light_to_heavy(
    a_model: Callable[..., Model],
) -> None:
    small = a_model("small", strength=0.0, prices=Prices(1, 2))
    catalog = Catalog({"large": a_model("large", "openai", strength=1.0), "small": small})
    rows = recorded(
        {"large:high": (1.0, 9.0), "small-v1:on": (1.0, 5.0), "other": (1.0, 1.0)},
        {"large:high": (1.0, 9.0), "small:off": (0.0, 1.0)},
    )
    arms = arms_of(rows, catalog)
    assert arms.names == ("small:off", "small-v1:on", "large:high")
    assert arms.targets == (
        Target("small", Reasoning("off")),
        Target("small", Reasoning("on")),
        Target("large", Reasoning("on", "high")),
    )
    assert arms.others == {"other": 1}
    np.testing.assert_array_equal(arms.scores, [[np.nan, 1, 1], [0, np.nan, 1]])
    np.testing.assert_array_equal(arms.tokens, [[np.nan, 5, 9], [1, np.nan, 9]])
    usd = arms.usd(catalog, np.array([1e6, 1e6]))
    assert usd[1, 0] == pytest.approx(1 + 2 / 1e6)


def test_a_cap_on_reasoning_tokens_makes_no_other_arm(
    catalog: Catalog, a_ground: MakeGround, some_signals: MakeSignals
) -> None:
    capped = Rule("r", ("large",), reasoning=ReasoningRule("on", budget_tokens="predicted"))
    decision = a_ground(capped).decide(Question(some_signals()))
    assert decision.target.reasoning.budget_tokens is not None
    arms: Arms = arms_of(recorded({"small": (1.0, 1.0), "large:on": (1.0, 1.0)}), catalog)
    assert arms.column(decision) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"small": (1.0, None), "gpt": (1.0, None)},
            r"holds gpt \(1 questions\), small",
        ),
        ({"small": (1.0, None), "small:off": (1.0, None)}, "small and small:off are both small, "),
    ],
)
def test_fewer_than_two_arms_of_the_config_compare_nothing(
    catalog: Catalog, row: Mapping[str, tuple[float, float | None]], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        arms_of(recorded(row), catalog)


def test_arms_of_no_model_are_named(a_ground: MakeGround, catalog: Catalog, judged: Any) -> None:
    rows = recorded(
        *({"small": (1.0, 1.0), "large": (1.0, 2.0), "gpt": (1.0, 3.0)} for _ in "1234")
    )
    report = exact_report(arms_of(rows, catalog), judged(a_ground(TO_SMALL)), catalog, NAMES)
    assert "arms that are no model of the config: gpt (4)" in list(exact_notes(report))
