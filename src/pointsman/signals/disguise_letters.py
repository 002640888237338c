"""Letters that are invisible, in fancy dress, or borrowed from another script.

Sources: Unicode 16 names and ranges; for letters that look alike, see `disguise_lookalikes`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pointsman.signals.disguise_codes import said_by
from pointsman.signals.disguise_draft import Rewrite
from pointsman.signals.disguise_lookalikes import lookalikes
from pointsman.signals.disguise_words import is_word

# What shows as nothing: soft hyphen, joiners, directions, fillers, variation selectors, tags.
_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
# Beside ASCII only: Persian, Indic scripts and emoji need their joiners and selectors.
_HIDING = re.compile(rf"[!-~][{_NOTHING}]++[!-~]")
_INVISIBLE = re.compile(rf"[ -~][{_NOTHING}]++(?=[ -~])")
_TAGS = re.compile("[\U000e0020-\U000e007e]{2,}+")
_TAG_BASE = 0xE0000
_FLAG = "\U0001f3f4"
_FLAG_TAGS = 6  # of a flag such as that of Wales: gbwls
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}+")
_RAISED = (
    "\u00aa\u00b2\u00b3\u00b9\u00ba\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d78\u1d9b-\u1dbf"
    "\u2070-\u209c\u2c7c\u2c7d"
)
"""Letters and digits above or below the line; one by one they are powers, or phonetics."""

_DRESSED = re.compile(
    f"[{_RAISED}\u2100-\u214f\u2460-\u24fe\uff10-\uff5a\U0001d400-\U0001d7ff"
    "\U0001f110-\U0001f1ff\U0001fbf0-\U0001fbf9]"
)
_ALONE_RAISED = re.compile(f"(?<![{_RAISED}])[{_RAISED}](?![{_RAISED}])")
_TWO_KINDS = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]{24,}+")
_TWICE = 2
_WHITE = str.maketrans("\t\n\r", "   ")
_WORD = re.compile(r"[^\W\d_]{3,}+")
_SHORTEST = 3
_MANY = 8


@cache
def _alike() -> re.Pattern[str]:
    return re.compile("[" + "".join(lookalikes()) + "]")


@cache
def _dresses() -> dict[int, str]:
    """By code point, the ASCII letter or digit in fancy dress: bold, wide, circled, raised."""
    ranges = (
        (0xAA, 0xBB), (0x2B0, 0x2E5), (0x1D2C, 0x1DC0), (0x2070, 0x209D), (0x2C7C, 0x2C7E),
        (0x2100, 0x2150), (0x2460, 0x24FF), (0xFF10, 0xFF5B), (0x1D400, 0x1D800),
        (0x1F110, 0x1F12A), (0x1F130, 0x1F14A), (0x1FBF0, 0x1FBFA),
    )  # fmt: skip
    found: dict[int, str] = {}
    for start, end in ranges:
        for point in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(point)).strip("()")
            if len(plain) == 1 and plain.isascii() and plain.isalnum():
                found[point] = plain
    # Without a compatibility mapping: white on black, and the halves of flags.
    for start in (0x1F150, 0x1F170, 0x1F1E6):
        found |= {start + at: chr(ord("a") + at) for at in range(26)}
    return found


def invisible(text: str) -> Iterator[Rewrite]:
    """Take out what shows as nothing, where it parts visible characters."""
    if not text.isascii() and _HIDING.search(text):
        for match in _INVISIBLE.finditer(text):
            yield Rewrite(match.start(), match.end(), match[0][0], (match.start(),))


def tags(text: str) -> Iterator[Rewrite]:
    """Read tag characters, which mirror ASCII and show as nothing; flags are made of them too."""
    if text.isascii():
        return
    for match in _TAGS.finditer(text):
        flag = text[match.start() - 1 : match.start()] == _FLAG
        if not (flag and len(match[0]) <= _FLAG_TAGS):
            said = "".join(chr(ord(tag) - _TAG_BASE) for tag in match[0])
            places = (match.start(), *range(match.start(), match.end()))
            yield Rewrite(match.start(), match.end(), f" {said}", places)


def selectors(text: str) -> Iterator[Rewrite]:
    """Read variation selectors in a row, each of which stands for a byte."""
    if text.isascii():
        return
    for match in _SELECTORS.finditer(text):
        points = map(ord, match[0])
        raw = bytes(
            point - 0xFE00 if point < _TAG_BASE else point - 0xE0100 + 16 for point in points
        )
        said = raw.decode("utf-8", "replace")
        if said.translate(_WHITE).isprintable():
            yield Rewrite(match.start(), match.end(), f" {said}")


def hidden_bits(text: str) -> Iterator[Rewrite]:
    """Read two invisible characters in turns as the bits of bytes, whichever is the one."""
    if text.isascii():
        return
    for match in _TWO_KINDS.finditer(text):
        kinds = sorted(set(match[0]))
        for zero in kinds:
            digits = "".join("01"[sign != zero] for sign in match[0])
            raw = bytes(int(digits[at : at + 8], 2) for at in range(0, len(digits) - 7, 8))
            if len(kinds) == _TWICE and (said := said_by(raw)):
                yield Rewrite(match.start(), match.end(), f" {said}")
                break


def fancy(text: str) -> list[Rewrite]:
    """Undress letters, if they make a common word, or are many."""
    if text.isascii():
        return []
    dresses = _dresses()
    found = [match.start() for match in _DRESSED.finditer(text) if ord(match[0]) in dresses]
    if len(found) < _SHORTEST:
        return []
    plain = text.translate(dresses)
    alone = {match.start() for match in _ALONE_RAISED.finditer(text)}
    letters = sum(plain[at].isalpha() for at in found if at not in alone)
    if letters < _MANY and not _makes_a_word(plain, found):
        return []
    return [Rewrite(at, at + 1, plain[at], (at,)) for at in found]


def _makes_a_word(plain: str, found: list[int]) -> bool:
    changed = set(found)
    return any(
        is_word(match[0].lower()) and not changed.isdisjoint(range(match.start(), match.end()))
        for match in _WORD.finditer(plain)
    )


def homoglyphs(text: str) -> list[Rewrite]:
    """Give words of mixed scripts the letters they seem to have, if a common word is among them.

    Where there are such words, those that consist of look-alikes alone are taken for English too.
    """
    if text.isascii() or not _alike().search(text):
        return []
    rewrites: list[Rewrite] = []
    words = 0
    for match in _LETTERS.finditer(text):
        token = match[0]
        if token.isascii():
            continue
        plain, sources = _seeming(token)
        if not plain.isascii():
            continue
        word = is_word(plain.lower().rstrip(".,"))
        mixed = any(letter.isascii() for letter in token) or not _one_script(token)
        words += mixed and word and len(token) >= _SHORTEST
        if mixed or word:
            places = [match.start() + source for source in sources]
            rewrites.append(Rewrite(match.start(), match.end(), plain, places))
    return rewrites if words else []


def _seeming(token: str) -> tuple[str, list[int]]:
    """What a word looks like, and where each letter comes from; `rn` looks like `m` too."""
    alike = lookalikes()
    plain = "".join(alike.get(letter, letter) for letter in token)
    joined = plain.replace("rn", "m")
    low, joined_low = plain.lower().rstrip(".,"), joined.lower().rstrip(".,")
    if joined == plain or is_word(low) or not is_word(joined_low):
        return plain, list(range(len(plain)))
    return joined, [at for at in range(len(plain)) if plain[max(at - 1, 0) : at + 1] != "rn"]


_LETTERS = re.compile(r"[^\W\d_]++")


def _one_script(token: str) -> bool:
    return len({unicodedata.name(letter, "").partition(" ")[0] for letter in token}) == 1
