"""What a text asks for without its polite words: "could you tell me what X is" is "what is X".

A frame is a row of words at the start or the end of a text. Only phrases that leave the answer as
it is are passed over; "in one sentence" is not among them.
"""

from collections.abc import Sequence

from pointsman.cache.match_lexicon import ASKING

DEFINE = "define"
"""Asked for what something is: "what is X", "define X", "explain X"."""
HOW = "how"

_POLITE = tuple(
    phrase.split()
    for phrase in (
        "hi", "hello", "hey", "hi there", "dear assistant", "ok", "okay", "please", "kindly",
        "can you", "could you", "would you", "will you", "can you please", "could you please",
        "would you please", "would you mind", "i want you to", "i need you to",
        "i would like you to",
        "i want to know", "i need to know", "i would like to know", "i wonder", "do you know",
        "tell me", "let me know", "i was wondering", "help me understand", "thanks", "thank you",
        "just",
    )
)  # fmt: skip
_AFTER = tuple(
    phrase.split()
    for phrase in (
        "please", "thanks", "thank you", "to me", "for me", "thanks in advance",
        "thank you in advance", "thank you very much",
    )
)  # fmt: skip
_DEFINING = tuple(
    phrase.split()
    for phrase in (
        "what is", "what are", "what is meant by", "what is the meaning of",
        "what is the definition of",
        "define", "explain", "describe", "give me an explanation of", "give an explanation of",
        "give me a definition of", "give a definition of", "i would like to understand",
        "i want to understand", "explain what", "describe what", "about", "explain the concept of",
    )
)  # fmt: skip
_DOING = tuple(
    phrase.split()
    for phrase in (
        "how do i", "how do you", "how do we", "how can i", "how can you", "how can we", "how to",
        "how can one", "how does one", "how would i", "how would one", "what is the way to",
        "explain how to", "show me how to", "explain how i can", "describe how to", "how should i",
    )
)  # fmt: skip
_MEANS = (["means"], ["mean"])
_TO_BE = frozenset({"is", "are"})


def asked(spoken: Sequence[str], *, is_question: bool) -> tuple[str, list[int]]:
    """Return what is asked for, and which words remain.

    Args:
        spoken: The words in small letters, contractions written out: "what's" is "what is" or
            "what", since an ending 's says nothing else.
        is_question: Whether the text ends in a question mark.
    """
    words = list(spoken)
    start = _past(words, 0)
    end = _before_the_end(words, start)
    for kind, phrases in ((HOW, _DOING), (DEFINE, _DEFINING)):
        found = _longest(words, start, phrases)
        if found:
            return _framed(kind, words, start, start + found, end)
    if start >= end:
        return "", list(range(len(words)))
    first = ASKING.get(words[start], "")
    if first and first != "whether":
        return _question(first, words, start, end)
    kind = "whether" if first or is_question else ""
    return kind, list(range(start, end))


def _framed(
    kind: str, words: Sequence[str], start: int, inside: int, end: int
) -> tuple[str, list[int]]:
    """Return what a defining or doing frame leaves; a frame around nothing is no frame."""
    if inside >= end:
        return "", list(range(start, end))
    if kind == DEFINE and words[inside - 1] == "what":
        return _question("what", words, inside - 1, end)
    if kind == DEFINE and words[inside] in {"how", "why", "when", "where", "who", "what", "which"}:
        return _question(ASKING[words[inside]], words, inside, end)
    return kind, list(range(inside, end))


def _question(first: str, words: Sequence[str], start: int, end: int) -> tuple[str, list[int]]:
    """Return what a question asks: "what X is" and "what does X mean" ask what X is."""
    rest = list(range(start + 1, end))
    if not rest:
        return first, rest
    if first != "what" or words[start] != "what":
        return _subject(first, words[rest[0]]), rest
    if words[rest[0]] in {"do", "does"} and words[rest[-1]] == "mean":
        return DEFINE, rest[1:-1]
    if words[rest[-1]] in {"is", "are", "means"}:
        return DEFINE, rest[:-1]
    return _subject(first, words[rest[0]]), rest


def _subject(first: str, then: str) -> str:
    """Tell "what do cats eat" from "what cats eat": the same words in the same order."""
    return f"{first} do" if first in {"what", "who"} and then in {"do", "does", "did"} else first


def _past(words: Sequence[str], at: int) -> int:
    while found := _longest(words, at, _POLITE):
        at += found
    return at


def _before_the_end(words: Sequence[str], start: int) -> int:
    end = len(words)
    while found := next(
        (len(p) for p in _AFTER if end - len(p) > start and list(words[end - len(p) : end]) == p), 0
    ):
        end -= found
    return end


def _longest(words: Sequence[str], at: int, phrases: Sequence[Sequence[str]]) -> int:
    """Return how many words the longest phrase takes that stands here."""
    fits = [len(p) for p in phrases if list(words[at : at + len(p)]) == list(p)]
    return max(fits, default=0)
