"""Verdicts, case by case."""

import msgspec
import pytest

from pointsman.learning.measuring import LEARNED, LENGTH, RANDOM, SHIPPED
from pointsman.learning.results import GainReport, LabelReport, Measured
from pointsman.learning.verdicts import gain_verdict, interval_text, label_verdict

Interval = tuple[float, float]
GOOD, BAD, WIDE = (0.02, 0.2), (-0.2, -0.02), (-0.1, 0.1)
NARROW = (-0.02, 0.02)


def measured(interval: Interval) -> Measured:
    return Measured(sum(interval) / 2, *interval)


def report(
    *,
    length: Interval = GOOD,
    random: Interval = GOOD,
    shipped: Interval = GOOD,
    gap: Interval = GOOD,
    loss: Interval = WIDE,
    scale: float = 1.0,
) -> GainReport:
    leads = {
        name: measured((low * scale, high * scale))
        for name, (low, high) in ((LENGTH, length), (RANDOM, random), (SHIPPED, shipped))
    }
    any_number = measured((0, 1))
    return GainReport(
        light="small",
        heavy="large",
        questions=100,
        light_accuracy=any_number,
        heavy_accuracy=any_number,
        gap=measured(gap),
        oracle=0.9,
        apgr={},
        lead=leads,
        advantage={},
        advantage_lead=leads,
        log_loss={SHIPPED: 1.2, LEARNED: 1.1},
        log_loss_lead=measured(loss),
        gain_error={},
        penalty=None,
    )


@pytest.mark.parametrize(
    ("given", "use", "said"),
    [
        (
            report(),
            True,
            "the learned head beats the shipped one by +0.110 (+0.020 to +0.200) APGR",
        ),
        (report(shipped=WIDE, loss=GOOD), True, "nearer to what happened (log loss 1.200 -> 1.100"),
        (report(shipped=WIDE), False, "too few rows to tell whether the learned head beats the sh"),
        (report(shipped=NARROW), False, "no better than the shipped head (+0.000 (-0.020 to +0.02"),
        (
            report(length=WIDE, shipped=WIDE),
            False,
            "too few rows to tell: the learned head's lead ",
        ),
        (
            report(length=BAD, shipped=WIDE),
            False,
            "no better than prompt length (-0.110 (-0.200 to",
        ),
        (report(length=NARROW, shipped=WIDE), False, "nothing to win here"),
        (report(length=BAD), True, "use it; prompt length alone may order them as well (-0.110 ("),
        (report(length=WIDE, shipped=WIDE, loss=GOOD), True, "use it; prompt length alone may ord"),
        (report(random=NARROW), False, "no better than a random order (+0.000 (-0.020 to +0.020) "),
        (report(random=WIDE), False, "too few rows to tell: the learned head's lead over a random"),
        (report(gap=BAD, random=BAD), False, "large is not more often right than small (-0.110"),
        (report(gap=WIDE, random=WIDE), False, "too few rows to tell whether large is more often"),
        (report(gap=WIDE, scale=0.1), True, "beats the shipped one by +0.011 (+0.002 to +0.020) r"),
    ],
)
def test_every_case_has_its_sentence(given: GainReport, use: bool, said: str) -> None:  # noqa: FBT001  # a table
    verdict = gain_verdict(given)
    assert said in verdict.text
    assert verdict.use == use


LABELS = LabelReport(
    examples=40,
    accuracy=Measured(0.9, 0.8, 0.97),
    majority="other",
    majority_accuracy=0.5,
    log_loss=0.3,
    calibration_error=0.05,
    confusions=(),
    recall={},
    penalty=1.0,
)


def test_labels_that_are_told_apart_are_worth_using() -> None:
    verdict = label_verdict(LABELS)
    assert verdict.use
    assert verdict.text == (
        "right on 0.900 (0.800 to 0.970) of the examples it had not seen, against 0.500 for always "
        "saying 'other': use it"
    )


def test_labels_that_are_not_are_not() -> None:
    verdict = label_verdict(msgspec.structs.replace(LABELS, majority_accuracy=0.85))
    assert not verdict.use
    assert verdict.text.endswith("no better; give more examples, or labels that differ more")


def test_an_interval_is_written_with_or_without_signs() -> None:
    assert interval_text(Measured(0.5, -0.25, 1)) == "+0.500 (-0.250 to +1.000)"
    assert interval_text(Measured(0.5, 0.25, 1), signed=False) == "0.500 (0.250 to 1.000)"
