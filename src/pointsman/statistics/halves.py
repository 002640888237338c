"""Which half of a held-out file calibrates a bundle, and which half it is reported on.

A pure function of the text, so that whoever measures a bundle later can leave out what its
calibration has seen.
"""

import hashlib
from typing import Literal

Half = Literal["choose", "report"]

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


def half_of(stem: str) -> Half:
    """The half on which every held-out row with this stem falls, in every task."""
    return "choose" if share_of(stem, "side") < 1 / 2 else "report"
