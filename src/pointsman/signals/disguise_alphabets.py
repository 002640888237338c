"""Letters written in other signs: Braille, and the words by which radio operators spell.

Sources: the Rules of Unified English Braille (ICEB 2013), uncontracted, whose letters all languages
in Latin letters share; the spelling alphabet of ICAO Annex 10 and ITU, with its usual variants.
"""

import re
from collections.abc import Iterator

from pointsman.signals.disguise_draft import Rewrite
from pointsman.signals.disguise_words import known_letters, segmented, share_known

_CELLS = "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵⠂⠆⠒⠲⠖⠦⠄⠤⠀"
_SAID = "abcdefghijklmnopqrstuvwxyz,;:.!?'- "
_LETTERS = dict(zip(_CELLS, _SAID, strict=True))
_DIGITS = dict(zip("abcdefghij", "1234567890", strict=True))
_CAPITAL, _NUMBER = "⠠", "⠼"
_BRAILLE = re.compile("[\u2800-\u28ff]++(?: {1,2}[\u2800-\u28ff]++)*+")
_FEWEST = 4
_NEARLY_ALL = 0.8

_WORDS = (
    "alfa|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett|juliet|kilo|lima|mike|"
    "november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|whisky|xray|x-ray|yankee|zulu"
)
_BETWEEN = r"(?:[^A-Za-z]{0,3}[<(\[]space[>)\]][^A-Za-z]{0,3}|[^A-Za-z]{1,4})"
_SPELLED = re.compile(rf"\b(?:{_WORDS})\b(?:{_BETWEEN}(?:{_WORDS})\b){{3,}}+", re.IGNORECASE)
_ONE = re.compile(rf"({_WORDS})\b|[<(\[]space[>)\]]|[/|\n]|(?<=\s)[^\w\s]", re.IGNORECASE)
_GAP = re.compile(r"space|[/|\n]", re.IGNORECASE)
_KNOWN = 0.75
_SEVERAL = 3


def braille(text: str) -> Iterator[Rewrite]:
    """Read Braille where hardly any cell is anything but a letter, as in drawings they are."""
    if text.isascii():
        return
    for match in _BRAILLE.finditer(text):
        run = match[0]
        cells = len(run) - run.count(" ") - run.count(_CAPITAL) - run.count(_NUMBER)
        letters = sum(_LETTERS.get(cell, " ").isalpha() for cell in run)
        if letters >= max(_FEWEST, _NEARLY_ALL * (cells - run.count("\u2800"))):
            said, places = _read(run)
            yield Rewrite(
                match.start(), match.end(), said, [match.start() + place for place in places]
            )


def _read(run: str) -> tuple[str, list[int]]:
    """What a run of cells says, and where each character comes from."""
    said: list[str] = []
    places: list[int] = []
    number = capital = False
    for place, cell in enumerate(run):
        if cell in (_CAPITAL, _NUMBER):
            capital, number = cell == _CAPITAL, cell == _NUMBER
            continue
        sign = _LETTERS.get(cell, cell)
        number = number and sign in _DIGITS
        sign = _DIGITS[sign] if number else sign
        said.append(sign.upper() if capital else sign)
        places.append(place)
        capital = False
    return "".join(said), places


def spelled(text: str) -> Iterator[Rewrite]:
    """Read words of the spelling alphabet, `India Golf November`, as their first letters.

    A list of the alphabet itself says nothing: common words must come out, or several words apart.
    """
    low = text.lower()
    if not any(word in low for word in _WORDS.split("|")):  # the pattern is slow
        return
    for match in _SPELLED.finditer(text):
        run = match[0]
        signs = [
            one[1][0].lower() if one[1] else " " if _GAP.search(one[0]) else one[0]
            for one in _ONE.finditer(run)
        ]
        places: list[int] | None = [match.start() + one.start() for one in _ONE.finditer(run)]
        said = "".join(signs)
        if " " not in said and said.isalpha():
            said, places = " ".join(segmented(said)), None
        in_order = signs == sorted(signs)  # the alphabet itself, or a part of it
        known = share_known(said) >= _KNOWN and known_letters(said) > 0 and not in_order
        if known or (places and said.count(" ") >= _SEVERAL):
            yield Rewrite(match.start(), match.end(), said, places)
