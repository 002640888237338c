"""Cuts the endings that do not change what a word means in a question: -s, -es, -ies and -ing.

-ed, -er, -est, -ly and prefixes stay: beaten is not beating, bigger is not big.
"""

from collections.abc import Mapping

_IRREGULAR: Mapping[str, str] = {
    "children": "child", "men": "man", "women": "woman", "people": "person", "feet": "foot",
    "teeth": "tooth", "mice": "mouse", "geese": "goose", "lives": "life", "wives": "wife",
    "knives": "knife", "leaves": "leaf", "wolves": "wolf", "shelves": "shelf", "halves": "half",
    "has": "have",
    "having": "have", "goes": "go", "criteria": "criterion", "phenomena": "phenomenon",
    "analyses": "analysis", "indices": "index", "matrices": "matrix", "vertices": "vertex",
    "lying": "lie", "dying": "die", "tying": "tie",
}  # fmt: skip
_WHOLE = frozenset(
    {
        "news", "species", "series", "physics", "mathematics", "economics", "politics",
        "ethics", "statistics", "this", "yes", "gas", "bus", "lens", "always", "thus", "plus",
        "minus", "virus", "bias", "chaos", "canvas", "status", "focus", "campus", "corpus",
        "census", "bonus", "asus", "jesus", "texas", "paris", "athens", "wales", "james",
        "charles", "during", "morning", "evening", "nothing", "something", "anything",
        "everything", "ring", "king", "sing", "bring", "thing", "spring", "string", "wing",
        "sibling", "ceiling", "building", "wedding",
    }
)  # fmt: skip
_SHORTEST = 4
"""Letters of the shortest word that an ending is cut from."""
_VOWELS = "aeiouy"


def stem(word: str) -> str:
    """Return a word in small letters without its ending."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST or word in _WHOLE:
        return word
    if word.endswith("ing"):
        return _without_ing(word)
    return _end(_without_s(word))


def _without_s(word: str) -> str:
    if not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return word
    if word.endswith("ies") and len(word) > _SHORTEST:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


def _without_ing(word: str) -> str:
    root = word[:-3]
    if len(root) < 2 or not any(letter in _VOWELS for letter in root):  # noqa: PLR2004
        return word
    doubled = len(root) > 2 and root[-1] == root[-2] and root[-1] not in "lsz"  # noqa: PLR2004
    return _end(root[:-1] if doubled else root)


def _end(word: str) -> str:
    """Leave out the e at the end, which -ing takes away: make and making are `mak`."""
    return word[:-1] if word.endswith("e") and len(word) >= _SHORTEST else word
