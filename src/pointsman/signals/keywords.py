"""The operator's own words: is one of a list in what the user says?"""

import re
from collections.abc import Mapping

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Scores
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt


class KeywordDetector:
    """Finds whole words and phrases, whatever their case, in the judged text.

    Args:
        lists: Words and phrases by the name that conditions use.
    """

    name = "keywords"
    kind: Kind = "probabilities"
    judged = NO_HEADS
    whole = NO_HEADS

    def __init__(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        self.names = frozenset(lists)
        self._patterns = {
            name: re.compile("|".join(map(_pattern, words)) or _NEVER, re.IGNORECASE)
            for name, words in lists.items()
        }

    def __call__(self, prompt: Prompt, reading: Reading) -> Scores:  # noqa: ARG002  # protocol
        """Return 1 for each list with a word in the text, else 0."""
        found = {
            name: 1.0 if pattern.search(prompt.judged) else 0.0
            for name, pattern in self._patterns.items()
        }
        return Scores(found, exclusive=False)


_NEVER = r"(?!)"


def _pattern(phrase: str) -> str:
    """Return the pattern of a phrase: whole words, whatever the space between them.

    A letter without case, as in Chinese, needs no border: its words stand without spaces.
    """
    words = phrase.split()
    if not words:
        return _NEVER
    before = r"(?<!\w)" if _needs_border(words[0][0]) else ""
    after = r"(?!\w)" if _needs_border(words[-1][-1]) else ""
    return before + r"\s+".join(map(re.escape, words)) + after


def _needs_border(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
