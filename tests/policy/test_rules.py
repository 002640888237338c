"""What a rule and the dial are when nothing is said."""

from typing import Any

import msgspec
import pytest

from pointsman.policy.rules import (
    DEFAULT_PREFER,
    Cascade,
    Policy,
    Prefer,
    ReasoningRule,
    Rule,
    Shadow,
)


def test_a_rule_of_a_name_and_a_pool_always_holds_and_leaves_reasoning_open() -> None:
    rule = Rule("all", ("small",))
    assert (rule.when, rule.choose, rule.reasoning) == (None, "gain", ReasoningRule("auto"))
    assert (rule.max_usd, rule.shadow, rule.sticky) == (None, None, "conversation")


def test_a_policy_weighs_money_with_the_default_lambda_unless_told_otherwise() -> None:
    assert Policy((Rule("all", ("small",)),)).prefer == DEFAULT_PREFER
    assert Prefer(trade=0.25, weighs="usd") == DEFAULT_PREFER


@pytest.mark.parametrize("budget", [0, -1, 1.5, "plenty"])
def test_a_budget_is_a_number_of_tokens_or_predicted(budget: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match="budget_tokens"):
        msgspec.convert({"mode": "on", "budget_tokens": budget}, ReasoningRule)


@pytest.mark.parametrize("budget", [1, 4096, "predicted", None])
def test_these_are_budgets(budget: Any) -> None:
    assert msgspec.convert({"budget_tokens": budget}, ReasoningRule).budget_tokens == budget


@pytest.mark.parametrize("share", [-0.1, 1.1, "half"])
def test_a_shadows_share_is_one_of_its_requests(share: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match="share"):
        msgspec.convert({"model": "m", "share": share}, Shadow)
    assert msgspec.convert({"model": "m"}, Shadow) == Shadow("m", 1.0)


@pytest.mark.parametrize(
    ("kind", "raw"), [(ReasoningRule, {}), (Shadow, {"model": "m"}), (Cascade, {})]
)
def test_an_unknown_word_is_refused(kind: type[msgspec.Struct], raw: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `wrong`"):
        msgspec.convert({**raw, "wrong": 1}, kind)
