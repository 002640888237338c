"""Questions as text: their identity, the side of the split they fall on, their written form."""

import hashlib
import string
from collections.abc import Collection
from typing import Literal

Side = Literal["train", "choose", "report"]

TRAIN_SHARE = 0.8
CHOOSE_SHARE = 0.1
"""Of the questions with recorded outcomes; the rest is `report`."""

_BUCKETS = 2**32


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


def side_of(stem: str, held_out: Collection[str], with_outcomes: Collection[str]) -> Side:
    """The side of the split on which every row with this stem falls, in every task.

    Args:
        stem: See `stem_of`.
        held_out: Stems in any dev file: never trained on, halved into choose and report.
        with_outcomes: Stems with recorded outcomes: 80 % train, 10 % choose, 10 % report.
    """
    share = share_of(stem, "side")
    if stem in held_out:
        return "choose" if share < 1 / 2 else "report"
    if stem not in with_outcomes or share < TRAIN_SHARE:
        return "train"
    return "choose" if share < TRAIN_SHARE + CHOOSE_SHARE else "report"


def shows_options(stem: str, epoch: int = 0) -> bool:
    """Whether a choice question is written with its options: half are, and the next epoch not."""
    return (share_of(stem, "options") < 1 / 2) == (epoch % 2 == 0)


def written(question: str, options: tuple[str, ...]) -> str:
    """The question as a client would send it, options as lines `A. ...` below."""
    lines = zip(string.ascii_uppercase, options, strict=False)
    return "\n".join([question, *(f"{letter}. {option}" for letter, option in lines)])
