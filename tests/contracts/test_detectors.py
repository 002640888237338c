"""What every detector of the shelf must keep to."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsman.encoder.encoding import UNREAD, Encoding
from pointsman.signals import Detector, default_detectors
from pointsman.signals.findings import Finding, Measure, Scores, Spans
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import Prompt, read_prompt

LABELS = {
    "domain": ("math", "law", "other"),
    "outcome": ("both", "heavy_only", "light_only", "neither"),
}
DETECTORS = default_detectors(LABELS, {"urgent": ("now", "at once"), "legal": ("contract",)})

_shares = st.lists(st.floats(0.01, 1), min_size=4, max_size=4)
_texts = st.text(max_size=60)


def _scores(labels: tuple[str, ...], shares: list[float]) -> dict[str, float]:
    used = shares[: len(labels)]
    return {label: share / sum(used) for label, share in zip(labels, used, strict=True)}


@st.composite
def prompts(draw: st.DrawFn) -> Prompt:
    roles = st.sampled_from(["system", "user", "assistant", "tool"])
    message = st.fixed_dictionaries({"role": roles, "content": _texts})
    return read_prompt(
        chat_from_object({"messages": draw(st.lists(message, min_size=1, max_size=4))})
    )


@st.composite
def encodings(draw: st.DrawFn) -> Encoding:
    return Encoding(
        scores={name: _scores(labels, draw(_shares)) for name, labels in LABELS.items()},
        measures={"extra_tokens": draw(st.floats(0, 1e6))},
        embedding=np.zeros(4, np.float32),
        tokens=draw(st.integers(0, 256)),
        truncated=draw(st.booleans()),
    )


def values_of(finding: Finding) -> Mapping[str, float]:
    match finding:
        case Scores(scores=values) | Measure(values=values):
            return values
        case Spans(spans=spans):
            return {span.type: span.p for span in spans}


def test_names_on_the_shelf_are_unique() -> None:
    names = [detector.name for detector in DETECTORS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
class TestEveryDetector:
    """Each law is checked for each detector."""

    @settings(max_examples=30)
    @given(prompts(), encodings())
    def test_its_finding_holds_only_names_it_announces(
        self, detector: Detector, prompt: Prompt, encoding: Encoding
    ) -> None:
        assert set(values_of(detector(prompt, encoding))) <= detector.names

    @settings(max_examples=30)
    @given(prompts(), encodings())
    def test_the_same_prompt_gives_the_same_finding(
        self, detector: Detector, prompt: Prompt, encoding: Encoding
    ) -> None:
        assert detector(prompt, encoding) == detector(prompt, encoding)

    @settings(max_examples=30)
    @given(prompts(), encodings(), prompts(), encodings())
    def test_what_it_measured_before_changes_nothing(
        self,
        detector: Detector,
        prompt: Prompt,
        encoding: Encoding,
        other_prompt: Prompt,
        other_encoding: Encoding,
    ) -> None:
        before = detector(prompt, encoding)
        detector(other_prompt, other_encoding)
        assert detector(prompt, encoding) == before

    @settings(max_examples=30)
    @given(prompts(), encodings())
    def test_probabilities_lie_between_0_and_1_and_numbers_are_finite(
        self, detector: Detector, prompt: Prompt, encoding: Encoding
    ) -> None:
        finding = detector(prompt, encoding)
        for name, value in values_of(finding).items():
            assert np.isfinite(value)
            if isinstance(finding, Scores) or name.startswith("p_"):
                assert 0 <= value <= 1 + 1e-9
        if isinstance(finding, Scores) and finding.exclusive:
            assert sum(finding.scores.values()) <= 1 + 1e-9

    @settings(max_examples=10)
    @given(prompts())
    def test_one_that_needs_no_reading_works_without_one(
        self, detector: Detector, prompt: Prompt
    ) -> None:
        if not detector.reads:
            assert set(values_of(detector(prompt, UNREAD))) <= detector.names
