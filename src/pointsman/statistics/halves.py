"""Which side of the split a question falls on: trained on, calibrated on, or reported on.

A pure function of the text, so that whoever measures a bundle later can leave out what its
training and its calibration have seen.
"""

import hashlib
import re
from typing import Literal

Half = Literal["choose", "report"]
Side = Literal["train", "choose", "report"]

TRAIN_SHARE = 0.8
CHOOSE_SHARE = 0.1
"""Of the questions with recorded outcomes; the rest is `report`."""

HELD_OUT_FILES = (
    "domain/dev",
    "difficulty/dev",
    "difficulty/multi_model_dev",
    "jailbreak/dev",
    "pii/dev",
)
"""Files below the root of the data whose texts are never trained on."""

_BUCKETS = 2**32
_OPTION_LINE = re.compile(r"\n(?=[A-J]\. )")


def stem_of(question: str) -> str:
    """The question's identity: SHA-1 of its lower-cased letters and digits, options left out.

    Punctuation, spaces and case differ between data sets that share a question; this does not.
    """
    kept = "".join(letter for letter in question.lower() if letter.isalnum())
    return hashlib.sha1(kept.encode(), usedforsecurity=False).hexdigest()


def share_of(stem: str, purpose: str) -> float:
    """A number in [0, 1) that depends on nothing but the stem and the purpose it is drawn for."""
    digest = hashlib.sha1(f"{purpose}:{stem}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) / _BUCKETS


def half_of(stem: str) -> Half:
    """The half on which every held-out row with this stem falls, in every task."""
    return "choose" if share_of(stem, "side") < 1 / 2 else "report"


def recorded_side(stem: str, *, held_out: bool) -> Side:
    """The side on which a question with recorded outcomes falls, in every task.

    Args:
        stem: See `stem_of`.
        held_out: Whether the stem is in any of `HELD_OUT_FILES`: never trained on, halved into
            choose and report. Of the others 80 % are trained on, 10 % choose, 10 % are reported on.
            A question of that last part is reported on even if it is held out, so that whoever
            lacks the files sees fewer questions, but none that training has seen.
    """
    if held_out:
        return half_of(stem)
    share = share_of(stem, "side")
    if share < TRAIN_SHARE:
        return "train"
    return "choose" if share < TRAIN_SHARE + CHOOSE_SHARE else "report"


def parted(prompt: str) -> tuple[str, tuple[str, ...]]:
    """A prompt with options as lines `A. ...`, taken apart into question and options."""
    question, *lines = _OPTION_LINE.split(prompt)
    return question, tuple(line.split(". ", 1)[1].strip() for line in lines)
