"""What a rule and the dial are when nothing is said."""

import msgspec
import pytest

from pointsman.policy.rules import DEFAULT_PREFER, Policy, ReasoningRule, Rule


def test_a_rule_of_a_name_and_a_pool_always_holds_and_leaves_reasoning_open() -> None:
    rule = Rule("all", ("small",))
    assert (rule.when, rule.choose, rule.reasoning) == (None, "gain", ReasoningRule("auto"))


def test_exactly_one_of_the_two_dials_is_set_by_default() -> None:
    assert Policy((Rule("all", ("small",)),)).prefer == DEFAULT_PREFER
    assert (DEFAULT_PREFER.trade is None) != (DEFAULT_PREFER.quality_loss_max is None)


@pytest.mark.parametrize("budget", [0, -1, 1.5])
def test_a_budget_is_a_number_of_tokens(budget: float) -> None:
    with pytest.raises(msgspec.ValidationError, match="int"):
        msgspec.convert({"mode": "on", "budget_tokens": budget}, ReasoningRule)
