"""The four outcomes, and what a policy asks of them."""

from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.outcome import NEEDS, OUTCOMES, need_measure

_shares = st.lists(st.floats(0.01, 1), min_size=4, max_size=4)


@given(_shares, st.floats(0, 1e6))
def test_the_expected_gain_is_the_difference_of_the_two_answers(
    shares: list[float], tokens: float
) -> None:
    chances = {n: share / sum(shares) for n, share in zip(OUTCOMES, shares, strict=True)}
    values = need_measure(chances, tokens).values
    assert set(values) == NEEDS
    assert values["extra_tokens"] == tokens
    gained = values["p_gain"] - values["p_loss"]
    assert abs(values["p_heavy"] - values["p_light"] - gained) < 1e-12
