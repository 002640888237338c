"""The operator's own words: is one of a list in what the user says?"""

import re
from collections.abc import Mapping

from pointsman.encoder.encoding import Encoding
from pointsman.signals.findings import Scores
from pointsman.wire.prompt import Prompt


class KeywordDetector:
    """Finds whole words and phrases, whatever their case, in the judged text.

    Args:
        lists: Words and phrases by the name that conditions use.
    """

    name = "keywords"
    reads = False

    def __init__(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        self.names = frozenset(lists)
        self._patterns = {
            name: re.compile(
                "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE
            )
            for name, words in lists.items()
        }

    def __call__(self, prompt: Prompt, encoding: Encoding) -> Scores:  # noqa: ARG002  # protocol
        """Return 1 for each list with a word in the text, else 0."""
        found = {
            name: 1.0 if pattern.search(prompt.judged) else 0.0
            for name, pattern in self._patterns.items()
        }
        return Scores(found, exclusive=False)
