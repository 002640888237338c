"""What a list of words would catch: the baseline of `bench guard`."""

from pointsman.signals import NOTHING_READ
from pointsman.signals.keywords import KeywordDetector
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PHRASES = (
    "ignore previous instructions",
    "ignore all previous instructions",
    "ignore the above instructions",
    "ignore all prior instructions",
    "ignore your instructions",
    "ignore your previous instructions",
    "disregard previous instructions",
    "disregard all previous instructions",
    "disregard the above",
    "forget your instructions",
    "forget all previous instructions",
    "forget everything above",
    "override your instructions",
    "new instructions:",
    "system prompt",
    "your initial instructions",
    "your hidden instructions",
    "do anything now",
    "dan mode",
    "jailbreak",
    "jailbroken",
    "developer mode",
    "god mode",
    "unfiltered",
    "uncensored",
    "without any restrictions",
    "no restrictions",
    "no longer bound",
    "bypass your",
    "you have no rules",
    "without moral",
    "stay in character",
    "never refuse",
    "evil confidant",
    "opposite mode",
)
"""Well-known phrases of attacks, as an operator would write them down without seeing our data."""

_NAME = "attack"
_LIST = KeywordDetector({_NAME: PHRASES})


def catches(text: str) -> bool:
    """Tell whether one of the phrases is in a text, as the signal `keywords` would."""
    request = chat_from_object({"messages": [{"role": "user", "content": text}]})
    return _LIST(read_prompt(request), NOTHING_READ).scores[_NAME] > 0
