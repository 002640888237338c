"""Reports as a person reads them."""

import msgspec
import numpy as np

from pointsman.config.heads import groups_of, mark_of
from pointsman.encoder.bundle import Bundle
from pointsman.learning.heads import LearnedGain, LearnedLabels
from pointsman.learning.outcomes import Arms
from pointsman.learning.results import (
    Confusion,
    GainReport,
    LabelReport,
    Measured,
    TokensReport,
)
from pointsman.learning.show import gain_lines, label_lines
from pointsman.signals.head_file import GainHead, LabelHead, Linear, layer_of
from pointsman.signals.outcome import OUTCOMES

ONE = Measured(0.5, 0.25, 0.75)
ORDERS = ("learned head", "shipped head", "prompt length", "random")
REPORT = GainReport(
    light="small",
    heavy="large",
    questions=100,
    light_accuracy=ONE,
    heavy_accuracy=ONE,
    gap=ONE,
    oracle=0.875,
    apgr=dict.fromkeys(ORDERS, Measured(0.7, 0.6, 0.8)),
    lead=dict.fromkeys(ORDERS[1:], Measured(0.1, 0.05, 0.15)),
    advantage=dict.fromkeys(ORDERS, Measured(0.02, 0.01, 0.03)),
    advantage_lead=dict.fromkeys(ORDERS[1:], Measured(0.01, 0.005, 0.015)),
    log_loss={"learned head": 1.0, "base rates": 1.25},
    log_loss_lead=ONE,
    gain_error={"learned head": 0.03125},
    penalty=300.0,
    tokens=TokensReport(90, 400.0, {"learned head": 0.5}, {"learned head": 120.0}),
)


def gain_text(report: GainReport, bundle: Bundle, arms: Arms, left_out: int = 0) -> str:
    head = GainHead(
        format=1,
        name="gain",
        labels=OUTCOMES,
        bundle=mark_of(bundle),
        features=groups_of(bundle)["gain"],
        layer=layer_of(Linear(np.zeros((1, 4)), np.zeros(4))),
        temperature=1.0,
        counts={"both": 60.0, "heavy_only": 12.5},
        rows=100,
        use=True,
        verdict="fine",
        report={},
        command="",
        light="small",
        heavy="large",
    )
    return "\n".join(gain_lines(LearnedGain(head, report, arms, left_out)))


def test_a_report_says_everything_in_its_tables(bundle: Bundle) -> None:
    told = gain_text(REPORT, bundle, Arms("small", "large", "it is cheaper"), left_out=7)
    for line in (
        "100 questions answered by both small and large",
        "  light is small: it is cheaper",
        "  7 questions that only one of them has answered were left out",
        "  right: both 60, heavy_only 12.5",
        "  the better one, if it were known  0.875",
        "  order by       APGR (95 % interval)    the learned head's lead",
        "  learned head   0.700 (0.600 to 0.800)",
        "  random         0.700 (0.600 to 0.800)  +0.100 (+0.050 to +0.150)",
        "  learned head  1.000     0.031",
        "  base rates    1.250",
        "Extra output tokens, 400 on average of 90 questions:",
        "  learned head  0.500  120",
    ):
        assert line in told.splitlines(), line


def test_where_the_gap_may_be_none_right_answers_are_counted_instead_of_its_share(
    bundle: Bundle,
) -> None:
    report = msgspec.structs.replace(REPORT, gap=Measured(0.0, -0.1, 0.1), tokens=None)
    told = gain_text(report, bundle, Arms("small", "large"))
    assert "order by       right answers won (95 % interval)" in told
    assert "+0.010 (+0.005 to +0.015)" in told
    assert "APGR" not in told
    assert "the shipped token head stands" in told
    assert "light is" not in told
    assert "left out" not in told


def test_labels_are_listed_with_what_was_found_of_them(bundle: Bundle) -> None:
    report = LabelReport(
        examples=20,
        accuracy=ONE,
        majority="refund",
        majority_accuracy=0.5,
        log_loss=0.7,
        calibration_error=0.1,
        confusions=(Confusion("refund", "other", 3),),
        recall={"refund": 0.7, "other": 1.0},
        penalty=10.0,
    )
    head = LabelHead(
        format=1,
        name="ticket",
        labels=("refund", "other"),
        bundle=mark_of(bundle),
        features=groups_of(bundle)["labels"],
        layer=layer_of(Linear(np.zeros((1, 2)), np.zeros(2))),
        temperature=1.0,
        counts={"refund": 10.0, "other": 10.0},
        rows=20,
        use=True,
        verdict="fine",
        report={},
        command="",
    )
    told = "\n".join(label_lines(LearnedLabels(head, report)))
    assert "  refund  10        0.70" in told
    assert "  refund taken for other: 3" in told
