"""Everyday requests in every domain, and topics put into sentence frames; all invented.

Exam questions teach what a subject is about; these teach how people ask about it.
"""

import json
import random
from collections.abc import Iterator

from pointsman.statistics.halves import Side
from pointsman.training.attack_texts import TEXTS
from pointsman.training.questions import own_side

FILES = ("everyday_sciences", "everyday_humanities", "everyday_more")
FRAMES_PER_TOPIC = 3


def everyday(seed: int) -> Iterator[tuple[str, str, Side]]:
    """Texts with their domain's name and their side (see `questions.own_side`); same for a seed."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    for name in FILES:
        subjects = json.loads((TEXTS / f"{name}.json").read_text(encoding="utf-8"))
        for domain, pieces in subjects.items():
            for text in pieces["requests"]:
                yield text, domain, own_side(text)
            for topic in pieces["topics"]:
                for frame in dice.sample(pieces["frames"], FRAMES_PER_TOPIC):
                    yield frame.replace("{topic}", topic), domain, own_side(topic)
