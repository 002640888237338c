"""The shelf, the walk along it, and what the encoder must be asked for so that it can be walked."""

import numpy as np
import pytest

from pointsman.encoder.encoding import Asked, Encoding, TextSpan
from pointsman.signals import (
    NOTHING_READ,
    Reading,
    asked_of,
    default_detectors,
    measure,
    vocabulary,
)
from pointsman.signals.detector import value_of
from pointsman.signals.findings import Finding, Measure, Scores, Span, Spans
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

LABELS = {
    "domain": ("math", "law"),
    "outcome": ("both", "heavy_only", "light_only", "neither"),
    "attacks": ("jailbreak", "injection", "harmful"),
    "pii": ("O", "B-PERSON", "I-PERSON"),
}
JUDGED = frozenset({"domain", "outcome", "extra_tokens"})
WHOLE = frozenset({"attacks", "pii"})
NEEDS_NOTHING = ["surface", "keywords", "language"]
PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))
ENCODING = Encoding(
    scores={
        name: dict.fromkeys(labels, 1 / len(labels))
        for name, labels in LABELS.items()
        if name != "pii"
    },
    measures={"extra_tokens": 12.0},
    embedding=np.zeros(4, np.float32),
    tokens=3,
    truncated=False,
    spans={"pii": (TextSpan("PERSON", 0, 1, 0.7),)},
)


def reading(judged: frozenset[str] = JUDGED, whole: frozenset[str] = WHOLE) -> Reading:
    return Reading(Asked(judged, whole), ENCODING, (ENCODING,) if whole else ())


def test_every_signal_is_measured_once_in_the_shelfs_order() -> None:
    assert list(measure(default_detectors(LABELS), PROMPT, reading())) == [
        "domain",
        "reasoning",
        "jailbreak",
        "injection",
        "harmful",
        "pii",
        "coverage",
        "disguise",
        "surface",
        "keywords",
        "language",
    ]


@pytest.mark.parametrize(
    ("judged", "whole", "measured"),
    [
        ({"domain"}, set(), ["domain"]),
        ({"outcome"}, set(), []),  # reasoning needs the tokens, too
        ({"outcome", "extra_tokens"}, set(), ["reasoning"]),
        (set(), {"attacks"}, ["jailbreak", "injection", "harmful"]),
        (set(), {"pii"}, ["pii"]),
        (
            set(),
            {"attacks", "pii"},
            ["jailbreak", "injection", "harmful", "pii", "coverage", "disguise"],
        ),
        ({"domain", "other head", "embedding"}, {"pii"}, ["domain", "pii"]),
    ],
)
def test_a_signal_whose_heads_were_not_asked_for_is_left_out(
    judged: set[str], whole: set[str], measured: list[str]
) -> None:
    found = measure(default_detectors(LABELS), PROMPT, reading(frozenset(judged), frozenset(whole)))
    assert list(found) == [*measured, *NEEDS_NOTHING]


def test_without_a_reading_only_what_needs_none_is_measured() -> None:
    assert list(measure(default_detectors(LABELS), PROMPT, NOTHING_READ)) == NEEDS_NOTHING


def test_the_vocabulary_holds_what_conditions_may_ask() -> None:
    words = vocabulary(default_detectors(LABELS, {"urgent": ("now",)}))
    assert words["domain"] == {"math", "law"}
    assert words["keywords"] == {"urgent"}
    assert "p_gain" in words["reasoning"]
    assert "prompt_tokens" in words["surface"]
    assert words["jailbreak"] == words["injection"] == words["harmful"] == {"p"}
    assert {"PERSON", "EMAIL_ADDRESS", "API_KEY"} <= words["pii"]
    assert "unread_characters" in words["coverage"]
    assert {"en", "unknown"} <= words["language"]


def test_a_signal_whose_head_the_bundle_lacks_is_not_on_the_shelf() -> None:
    words = vocabulary(default_detectors({"attacks": ("harmful",)}))
    assert words["domain"] == frozenset()
    assert {"jailbreak", "injection", "harmful", "pii"} & set(words) == {"harmful"}


@pytest.mark.parametrize("name", ["coverage", "disguise"])
def test_what_is_said_of_whole_texts_needs_the_heads_that_the_bundle_has(name: str) -> None:
    for labels in ({}, {"attacks": LABELS["attacks"]}, {"pii": LABELS["pii"]}, LABELS):
        (detector,) = [d for d in default_detectors(labels) if d.name == name]
        assert detector.whole == WHOLE & set(labels)


def test_the_encoder_is_asked_for_what_the_detectors_need_and_no_more() -> None:
    shelf = {detector.name: detector for detector in default_detectors(LABELS)}
    assert asked_of(shelf.values(), 7) == Asked(JUDGED, WHOLE, 7)
    assert asked_of([shelf["surface"], shelf["keywords"]], 7) == Asked(max_windows=7)
    assert asked_of([shelf["domain"], shelf["harmful"]], 7) == Asked(
        frozenset({"domain"}), frozenset({"attacks"}), 7
    )
    assert asked_of([], 7) == Asked(max_windows=7)


SPANS = Spans((Span("EMAIL", 0, 1, 5, 0.4), Span("EMAIL", 0, 9, 12, 0.9), Span("IP", 1, 0, 3, 0.2)))


@pytest.mark.parametrize(
    ("finding", "name", "value"),
    [
        (Scores({"math": 0.7, "law": 0.3}), "math", 0.7),
        (Scores({"math": 0.7}), "physics", 0.0),
        (Measure({"turns": 3.0}), "turns", 3.0),
        (Measure({}), "turns", 0.0),
        (SPANS, "EMAIL", 0.9),
        (SPANS, "IP", 0.2),
        (SPANS, "NAME", 0.0),
        (Spans(()), "EMAIL", 0.0),
    ],
)
def test_a_condition_compares_this_value(finding: Finding, name: str, value: float) -> None:
    assert value_of(finding, name) == value
