"""Which threshold stands for a rate that an operator names."""

import msgspec
import pytest

from pointsman.encoder.bundle import FlagsHead, load_bundle
from pointsman.encoder.ladder import threshold_for
from pointsman.errors import ConfigError
from pointsman.statistics.thresholds import Threshold

RUNGS = tuple(
    Threshold(above, target, rate=target, rate_max=2 * target, rows=3000)
    for above, target in ((0.9, 0.001), (0.7, 0.01), (0.2, 0.1))
)
ZEROS = (0.0, 0.0)
HEAD = FlagsHead("attacks", "attacks", ("jailbreak", "harmful"), ZEROS, ZEROS, ZEROS)
LADDER = msgspec.structs.replace(HEAD, ladder={"jailbreak": RUNGS})


@pytest.mark.parametrize(
    ("rate", "above"),
    [(0.001, 0.9), (0.005, 0.9), (0.01, 0.7), (0.0999, 0.7), (0.1, 0.2), (0.5, 0.2)],
)
def test_the_lowest_threshold_solved_for_at_most_the_rate_is_taken(
    rate: float, above: float
) -> None:
    assert threshold_for(LADDER, "jailbreak", rate).above == above


def test_a_rate_that_no_rows_could_show_is_refused_with_the_rates_there_are() -> None:
    with pytest.raises(ConfigError, match=r"\(0\.001, 0\.01, 0\.1\), got 0\.0001: allow at least"):
        threshold_for(LADDER, "jailbreak", 0.0001)


@pytest.mark.parametrize(("head", "label"), [(HEAD, "jailbreak"), (LADDER, "harmful")])
def test_a_bundle_without_such_thresholds_says_so(head: FlagsHead, label: str) -> None:
    with pytest.raises(ConfigError, match=f"no thresholds of {label} by rate"):
        threshold_for(head, label, 0.01)


def test_the_shipped_bundle_has_a_threshold_for_one_refusal_in_a_thousand() -> None:
    (head,) = (head for head in load_bundle().manifest.heads if isinstance(head, FlagsHead))
    assert set(head.ladder) == set(head.labels)
    for label in head.labels:
        strictest = threshold_for(head, label, 0.001)
        assert strictest.rate <= 0.001 < strictest.rate_max
        assert strictest.rows >= 2995  # the fewest that can show it
        assert threshold_for(head, label, 0.1).above < strictest.above < 1
