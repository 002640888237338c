"""What a learned head is given of a request: the same numbers when it is fitted and when it serves.

Pure: the judged text and its encoding in, one row of numbers out.
"""

import re
from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.encoding import EMBEDDING, Encoding, Heads
from pointsman.signals.outcome import OUTCOMES

Floats = NDArray[np.float64]

DOMAIN, OUTCOME, EXTRA_TOKENS = "domain", "outcome", "extra_tokens"
DOMAIN_P = "domain_p"
"""The domain's probabilities as they are: a weight on each makes a table of the domains, which its
logarithms alone do not make (docs/decisions/0009)."""
LABEL_READS: Heads = frozenset({EMBEDDING})
GAIN_READS: Heads = frozenset({EMBEDDING, DOMAIN, OUTCOME, EXTRA_TOKENS})
"""The heads of the encoder that the features of either kind of learned head need."""

SURFACE = (
    *("digits_share", "log_length", "log_lines", "has_options", "has_formula", "has_code"),
    *("log_question", "negated", "asks_which", "none_of"),
)
"""The last four are what the answers of 30 models to exam questions turned out to hang on, of some
thirty that were tried (docs/decisions/0009)."""
LOOKED_AT = 8192
"""Code points that the marks are looked for in: a prompt of 32 MiB costs no more than a page."""

_LEAST_P = 1e-6
"""Below it a probability's logarithm says nothing but how a softmax was rounded."""
_LEAST_DOMAIN = 1e-3
"""Below it a domain is none that a request could be about; how far below would drown the rest."""

_OPTIONS = re.compile(r"^[ \t]{0,8}\(?[A-Ja-j1-9][.):]\s", re.MULTILINE)
_NEGATED = re.compile(r"\b(?:not|except|false|incorrect|least)\b", re.IGNORECASE)
# A run of blanks is bounded: from each of 8,192 line ends an unbounded one took 0.2 s.
_WHICH = re.compile(r"(?:^|[.:!?\n])[ \t]{0,8}which\b", re.IGNORECASE)
_NONE_OF = re.compile(r"\b(?:none|all) of\b", re.IGNORECASE)
_FORMULA = re.compile(r"\$[^\s$]|\\[a-zA-Z]{2}|\\\(|[=^√∫∑≤≥±\u00d7÷≠∞]")
_CODE = re.compile(
    r"```|[;{}][ \t]*$|^[ \t]*(?:def|class|import|return|function|#include)\b", re.MULTILINE
)


class FeatureGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of a feature row: where its numbers come from, and how many they are."""

    name: str
    size: int


def label_groups(width: int) -> tuple[FeatureGroup, ...]:
    """The features of a label head; `width` is the embedding's."""
    return (FeatureGroup(EMBEDDING, width),)


def gain_groups(width: int, domains: int) -> tuple[FeatureGroup, ...]:
    """The features of a gain head; `domains` is how many labels the domain head has."""
    return (
        FeatureGroup(EMBEDDING, width),
        FeatureGroup(DOMAIN, domains),
        FeatureGroup(DOMAIN_P, domains),
        FeatureGroup(OUTCOME, len(OUTCOMES)),
        FeatureGroup(EXTRA_TOKENS, 1),
        *(FeatureGroup(name, 1) for name in SURFACE),
    )


def label_features(encoding: Encoding) -> Floats:
    """A label head's row: the unit embedding, (width,)."""
    return encoding.embedding.astype(np.float64)


def gain_features(text: str, encoding: Encoding) -> Floats:
    """A gain head's row, in the order of `gain_groups`.

    Args:
        text: The judged text.
        encoding: Of that text, with the heads of `GAIN_READS`.
    """
    domains = np.array(list(encoding.scores[DOMAIN].values()), dtype=np.float64)
    return np.concatenate(
        [
            label_features(encoding),
            np.log(np.maximum(domains, _LEAST_DOMAIN)),
            domains,
            shipped_logits(encoding.scores[OUTCOME]),
            [np.log1p(shipped_tokens(encoding))],
            surface_counts(text),
        ]
    )


def shipped_logits(chances: Mapping[str, float]) -> Floats:
    """The shipped outcome head's log-probabilities, which a gain head starts from, (4,)."""
    return np.log(np.maximum([chances[name] for name in OUTCOMES], _LEAST_P))


def shipped_tokens(encoding: Encoding) -> float:
    """The shipped token head's estimate, which a gain head starts from."""
    return max(0.0, encoding.measures[EXTRA_TOKENS])


def surface_counts(text: str) -> Floats:
    """What can be read off a text without understanding it, in the order of `SURFACE`."""
    seen = text[:LOOKED_AT]
    digits = sum(character.isdigit() for character in seen)
    question, options = _parted(seen)
    return np.array(
        [
            digits / max(1, len(seen)),
            np.log1p(len(text)),
            np.log1p(seen.count("\n")),
            float(bool(options)),
            float(_FORMULA.search(seen) is not None),
            float(_CODE.search(seen) is not None),
            np.log1p(len(question)),
            float(_NEGATED.search(question) is not None),
            float(_WHICH.search(question) is not None),
            float(_NONE_OF.search(options) is not None),
        ]
    )


def _parted(text: str) -> tuple[str, str]:
    """What stands before the options, and the options; a single one is none."""
    found = list(_OPTIONS.finditer(text))
    start = found[0].start() if len(found) > 1 else len(text)
    return text[:start], text[start:]
