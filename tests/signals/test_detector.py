"""The walk along the shelf."""

import numpy as np

from pointsman.encoder.encoding import UNREAD, Encoding
from pointsman.signals import default_detectors, measure, vocabulary
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

LABELS = {"domain": ("math", "law"), "outcome": ("both", "heavy_only", "light_only", "neither")}
PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))
READ = Encoding(
    scores={name: dict.fromkeys(labels, 1 / len(labels)) for name, labels in LABELS.items()},
    measures={"extra_tokens": 12.0},
    embedding=np.zeros(4, np.float32),
    tokens=3,
    truncated=False,
)


def test_every_signal_is_measured_once_in_the_shelfs_order() -> None:
    assert list(measure(default_detectors(LABELS), PROMPT, READ)) == [
        "domain",
        "reasoning",
        "surface",
        "keywords",
    ]


def test_without_a_reading_only_what_needs_none_is_measured() -> None:
    signals = measure(default_detectors(LABELS), PROMPT, UNREAD)
    assert list(signals) == ["surface", "keywords"]


def test_the_vocabulary_holds_what_conditions_may_ask() -> None:
    words = vocabulary(default_detectors(LABELS, {"urgent": ("now",)}))
    assert words["domain"] == {"math", "law"}
    assert words["keywords"] == {"urgent"}
    assert "p_gain" in words["reasoning"]
    assert "prompt_tokens" in words["surface"]


def test_a_bundle_without_a_domain_head_leaves_nothing_to_ask_of_it() -> None:
    assert vocabulary(default_detectors({}))["domain"] == frozenset()
