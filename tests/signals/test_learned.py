"""Learned heads, applied."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.encoder.encoding import UNREAD, Encoding
from pointsman.signals.features import FeatureGroup, gain_groups, label_groups
from pointsman.signals.head_file import BundleMark, GainHead, LabelHead, Linear, layer_of
from pointsman.signals.learned import LabelDetector, LearnedReasoningDetector, tokens_of
from pointsman.signals.outcome import OUTCOMES
from pointsman.signals.reading import Reading
from pointsman.signals.reasoning import ReasoningDetector
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))
GROUPS = gain_groups(3, 2)
INPUTS = sum(group.size for group in GROUPS)
COMMON: dict[str, Any] = {
    "format": 1,
    "name": "x",
    "bundle": BundleMark("b", "1", "0"),
    "temperature": 1.0,
    "counts": {},
    "rows": 60,
    "use": True,
    "verdict": "",
    "report": {},
    "command": "",
}


def gain_head(outcome: Linear, tokens: Linear | None, **fields: Any) -> GainHead:
    return GainHead(
        labels=OUTCOMES,
        features=GROUPS,
        layer=layer_of(outcome),
        tokens=None if tokens is None else layer_of(tokens),
        light="small",
        heavy="large",
        **(COMMON | fields),
    )


def nothing(outputs: int) -> Linear:
    return Linear(np.zeros((INPUTS, outputs)), np.zeros(outputs))


@st.composite
def encodings(draw: st.DrawFn) -> Encoding:
    shares = draw(st.lists(st.floats(0.001, 1), min_size=4, max_size=4))
    return msgspec.structs.replace(
        UNREAD,
        scores={
            "domain": {"math": 0.75, "law": 0.25},
            "outcome": {n: s / sum(shares) for n, s in zip(OUTCOMES, shares, strict=True)},
        },
        measures={"extra_tokens": draw(st.floats(0, 1e5))},
        embedding=np.array(draw(st.lists(st.floats(-1, 1), min_size=3, max_size=3)), np.float32),
    )


ENCODING = msgspec.structs.replace(
    UNREAD,
    scores={"domain": {"math": 0.75, "law": 0.25}, "outcome": dict.fromkeys(OUTCOMES, 0.25)},
    measures={"extra_tokens": 100.0},
    embedding=np.array([1, 0, 0], np.float32),
)


@given(encodings(), st.sampled_from([1.0, 7.5, 300.0]), st.sampled_from([nothing(1), None]))
def test_a_head_whose_weights_are_zero_says_what_the_shipped_head_says(
    encoding: Encoding, unit: float, tokens: Linear | None
) -> None:
    head = gain_head(nothing(4), tokens, unit=unit)
    reading = Reading(judged=encoding)
    learned = LearnedReasoningDetector(head)(PROMPT, reading)
    shipped = ReasoningDetector()(PROMPT, reading)
    assert learned.values == pytest.approx(dict(shipped.values), rel=1e-6, abs=1e-6)


def test_weights_move_the_shipped_probabilities() -> None:
    weights = np.zeros((INPUTS, 4))
    weights[0, OUTCOMES.index("heavy_only")] = np.log(3)
    detector = LearnedReasoningDetector(gain_head(Linear(weights, np.zeros(4)), None))
    values = detector(PROMPT, Reading(judged=ENCODING)).values
    assert values["p_gain"] == pytest.approx(3 / 6)
    assert values["p_loss"] == pytest.approx(1 / 6)
    assert values["extra_tokens"] == 100


def test_a_temperature_draws_probabilities_together() -> None:
    bias = np.array([0.0, 4.0, 0.0, 0.0])
    gains = [
        LearnedReasoningDetector(
            gain_head(Linear(np.zeros((INPUTS, 4)), bias), None, temperature=temperature)
        )(PROMPT, Reading(judged=ENCODING)).values["p_gain"]
        for temperature in (0.5, 1.0, 4.0)
    ]
    assert gains == sorted(gains, reverse=True)


@pytest.mark.parametrize(
    ("bias", "smear", "tokens"),
    [(np.log(2), 1.0, 300.0), (0.0, 1.5, 150.0), (-50.0, 1.0, 0.0)],
)
def test_tokens_are_moved_in_their_unit_and_smeared(
    bias: float, smear: float, tokens: float
) -> None:
    own = Linear(np.zeros((INPUTS, 1)), np.array([bias]))
    head = gain_head(nothing(4), own, unit=100.0, smear=smear)
    values = LearnedReasoningDetector(head)(PROMPT, Reading(judged=ENCODING)).values
    assert values["extra_tokens"] == pytest.approx(tokens)


def test_no_line_is_so_long_that_tokens_overflow() -> None:
    assert np.isfinite(tokens_of(np.array([1e9]), 1e4)).all()


def a_label_detector(temperature: float = 1.0) -> LabelDetector:
    weights = np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    head = LabelHead(
        labels=("refund", "other"),
        features=label_groups(3),
        layer=layer_of(Linear(weights, np.zeros(2))),
        **(COMMON | {"temperature": temperature}),
    )
    return LabelDetector("ticket", head)


def test_a_label_detector_gives_each_label_its_probability() -> None:
    detector = a_label_detector()
    finding = detector(PROMPT, Reading(judged=ENCODING))
    assert finding.exclusive
    assert finding.scores["refund"] == pytest.approx(1 / (1 + np.exp(-2)))
    assert sum(finding.scores.values()) == pytest.approx(1)
    assert detector.name == "ticket"
    assert detector.names == {"refund", "other"}


def test_both_ask_for_no_more_than_they_read() -> None:
    assert a_label_detector().judged == {"embedding"}
    gain = LearnedReasoningDetector(gain_head(nothing(4), None))
    assert gain.judged == {"embedding", "domain", "outcome", "extra_tokens"}
    assert not gain.whole | a_label_detector().whole
    assert FeatureGroup("embedding", 3) in GROUPS
