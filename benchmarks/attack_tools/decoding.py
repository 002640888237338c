"""Undoes disguises of text: what a model that decodes all it sees would read.

Encodings of RFC 4648 (base16, 32, 64), ASCII85 and RFC 1924's base85, uuencode (POSIX), RFC 2045's
quoted-printable, ROT13, Atbash, Morse (ITU-R M.1677-1), the ICAO alphabet, Braille, and characters
that nobody sees: Unicode's tags (U+E0000), variation selectors, combining marks.
"""

import base64
import binascii
import codecs
import quopri
import re
import string
import unicodedata
from collections.abc import Callable, Iterator

_LOWER, _UPPER = string.ascii_lowercase, string.ascii_uppercase
_ATBASH = str.maketrans(_LOWER + _UPPER, _LOWER[::-1] + _UPPER[::-1])
_SIGNS = """
.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..-
-.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. /
"""
_MORSE = dict(zip(_SIGNS.split(), _UPPER + string.digits + " ", strict=True))
_NATO = {
    "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett",
    "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango",
    "uniform", "victor", "whiskey", "xray", "yankee", "zulu",
}  # fmt: skip
_BRAILLE = dict(zip("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵⠲⠄⠂⠤⠖", _LOWER + ".',-!", strict=True))
_BRAILLE_CAPITAL = "⠠"
_TAGS, _TAGS_END = 0xE0000, 0xE0080
_SELECTORS_MORE, _SELECTORS_END, _SELECTORS_FIRST = 0xE0100, 0xE01F0, 16
_SHORTEST = 4
"""A run of fewer characters is taken for a word, not for an encoding."""


def decodings(text: str) -> Iterator[str]:
    """Yield every reading of a text in which some disguise was undone; most are gibberish."""
    yield codecs.decode(text, "rot13")
    yield text.translate(_ATBASH)
    yield quopri.decodestring(text.encode()).decode(errors="replace")
    yield "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    yield "".join(_BRAILLE.get(c, c) for c in text.replace(_BRAILLE_CAPITAL, ""))
    yield "".join(_MORSE.get(sign, "") for sign in text.split())
    yield "".join(word[0] for word in text.split() if word.lower() in _NATO)
    yield from _invisible(text)
    yield from _uudecoded(text)
    for run in re.findall(rf"\S{{{_SHORTEST},}}", text):
        yield from _decoded(run)


def _decoded(run: str) -> Iterator[str]:
    """Yield what the alphabets of bytes make of a run of characters."""
    ways: tuple[Callable[[bytes], bytes], ...] = (
        lambda raw: base64.b64decode(raw, altchars=b"-_"),
        base64.b64decode,
        base64.b32decode,
        lambda raw: base64.b16decode(raw, casefold=True),
        base64.a85decode,
        base64.b85decode,
    )
    for way in ways:
        try:
            yield way(run.encode()).decode()
        except ValueError:  # binascii.Error and UnicodeDecodeError among them
            continue


def _uudecoded(text: str) -> Iterator[str]:
    """Yield the lines that uuencode could have written, decoded one after the other."""
    found = b""
    for line in text.splitlines():
        for start in range(len(line)):  # the line may stand behind "uuencoded string: "
            try:
                found += binascii.a2b_uu(line[start:].encode())
            except ValueError:
                continue
            break
    yield found.decode(errors="replace")


def _invisible(text: str) -> Iterator[str]:
    """Yield the texts that tags and variation selectors spell; two ways of counting those exist."""
    codes = [ord(character) for character in text]
    yield "".join(chr(code - _TAGS) for code in codes if _TAGS <= code < _TAGS_END)
    more = [code - _SELECTORS_MORE for code in codes if _SELECTORS_MORE <= code < _SELECTORS_END]
    yield "".join(map(chr, more))
    yield "".join(chr(code + _SELECTORS_FIRST) for code in more)
