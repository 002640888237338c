"""Checks of served answers move the bar of a scope."""

import pytest

from pointsman.cache.trust import Trust, untried
from pointsman.cache.verify import FEATURES, Step, Verifier

VERIFIER = Verifier(
    FEATURES,
    (1.0,) * len(FEATURES),
    0.0,
    (Step(0.99, 400, 0), Step(0.9, 500, 0), Step(0.5, 500, 9)),
)


def _checked(p: float, right: int, wrong: int) -> Trust:
    trust = untried(VERIFIER)
    for at in range(right + wrong):
        trust = trust.seen(p, serves=at >= wrong)
    return trust


def test_without_checks_the_verifiers_own_threshold_holds() -> None:
    assert untried(VERIFIER).threshold(VERIFIER, 0.01) == VERIFIER.threshold(0.01) == 0.9
    assert untried(VERIFIER).threshold(VERIFIER, 0.001) is None


def test_a_check_counts_at_each_step_that_lets_it_through() -> None:
    trust = untried(VERIFIER).seen(0.95, serves=False).seen(0.995, serves=True)
    assert trust.checked == (Step(0.99, 1, 0), Step(0.9, 2, 1), Step(0.5, 2, 1))


def test_wrong_answers_raise_the_bar() -> None:
    assert _checked(0.95, right=3, wrong=1).threshold(VERIFIER, 0.01) == 0.9
    assert _checked(0.95, right=0, wrong=2).threshold(VERIFIER, 0.01) == 0.99


def test_wrong_answers_that_were_sure_stop_serving() -> None:
    assert _checked(0.995, right=0, wrong=2).threshold(VERIFIER, 0.01) is None


def test_right_answers_win_the_bar_back() -> None:
    assert _checked(0.95, right=400, wrong=2).threshold(VERIFIER, 0.01) == 0.9


@pytest.mark.parametrize(("right", "expected"), [(500, 0.9), (2000, 0.5)])
def test_right_answers_lower_the_bar_only_with_proof(right: int, expected: float) -> None:
    assert _checked(0.6, right=right, wrong=0).threshold(VERIFIER, 0.01) == expected
