r"""Characters that are spelled out: `\u0049gnore`, `&#73;gnore`, `%49gnore`, `=49gnore`.

Escapes are ordinary where a letter could not stand by itself (`caf\u00e9`, `%20`, `&amp;`); nobody
but who hides something escapes the letters of English. So a text is unescaped where they are, or
where so many other letters are escaped that it is in another language.
"""

import html
import re
from binascii import a2b_qp
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from pointsman.signals.disguise_draft import Rewrite

_ESCAPES = re.compile(
    r"""(?: \\{1,8}+ (?: u[0-9a-fA-F]{4} | u\{[0-9a-fA-F]{1,6}\} | U[0-9a-fA-F]{8}
                   | x[0-9a-fA-F]{2} | [0-3][0-7]{2} ) )++""",
    re.VERBOSE,
)
_ONE_ESCAPE = re.compile(r"\\+(?:[uUx]\{?([0-9a-fA-F]+)\}?|([0-7]{3}))")
_BYTE = re.compile(r"\\+[x0-3]")
_ENTITIES = re.compile(r"(?:&#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})(?:;|(?![0-9a-fA-F])))++")
_PERCENTS = re.compile("(?:%[0-9a-fA-F]{2})++")
_SPACES = re.compile("%(?:20|0[aA])")
_SPACED = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,}+(?:%20[A-Za-z']{1,20}+){4,}")

_QUOTED = re.compile(r"(?:=[0-9A-Fa-f]{2})++|=[ \t]*+\r?\n")
_LONG_QUOTED = re.compile("(?:=[0-9A-Fa-f]{2}){3,}+")
_QUOTED_SPACED = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{1,20}+[.,:;!?]?+(?:=20[A-Za-z'.,:;!?]{1,20}+){4,}+"
)
_WHITE = str.maketrans("\t\n\r", "   ")

_FEW = 3
_FOREIGN = 8
"""Escaped letters that are not ASCII and make a text of another language, not a name in it."""


def escapes(text: str) -> list[Rewrite]:
    r"""Undo the escapes of JSON and of programming languages: `\u0049`, `\x49`, `\111`."""
    if "\\" not in text:
        return []
    return _if_letters(
        Rewrite(match.start(), match.end(), _unescaped(match[0]))
        for match in _ESCAPES.finditer(text)
    )


def entities(text: str) -> list[Rewrite]:
    """Undo the character references of HTML."""
    if "&#" not in text:
        return []
    return _if_letters(
        Rewrite(match.start(), match.end(), html.unescape(match[0])[: len(match[0])])
        for match in _ENTITIES.finditer(text)
    )


def percents(text: str) -> list[Rewrite]:
    """Undo the encoding of URLs, of letters or of a whole sentence."""
    if "%" not in text:
        return []
    found = [
        Rewrite(match.start(), match.end(), unquote_to_bytes(match[0]).decode("utf-8", "replace"))
        for match in _PERCENTS.finditer(text)
    ]
    return _if_letters(found) or (found if "%20" in text and _SPACED.search(text) else [])


def quoted(text: str) -> list[Rewrite]:
    """Undo quoted-printable (RFC 2045, 6.7) of a sentence's spaces, or of letters in a row.

    One or two codes are ordinary in e-mails (`caf=C3=A9`) and in settings (`page=20`).
    """
    if "=" not in text:
        return []
    codes = "".join(_LONG_QUOTED.findall(text))
    spaced = "=20" in text and _QUOTED_SPACED.search(text)
    if not (spaced or _if_letters([Rewrite(0, 1, _unquoted(codes))])):
        return []
    found = [
        Rewrite(match.start(), match.end(), _unquoted(match[0])) for match in _QUOTED.finditer(text)
    ]
    return [rewrite for rewrite in found if rewrite.text.translate(_WHITE).isprintable()]


def _unquoted(codes: str) -> str:
    """What bytes with an equals sign say; one before the end of a line says nothing."""
    return a2b_qp(codes).decode("utf-8", "replace")


def _unescaped(run: str) -> str:
    r"""What a run of escapes says; `\x` and octal ones are bytes of UTF-8, others code points."""
    numbers = [
        int(octal, 8) if octal else int(digits, 16) for digits, octal in _ONE_ESCAPE.findall(run)
    ]
    if _BYTE.match(run) and max(numbers) < 256:  # noqa: PLR2004  # bytes
        return bytes(numbers).decode("utf-8", "replace")
    said = "".join(chr(number) for number in numbers if number < 0x110000)  # noqa: PLR2004  # Unicode
    # Two halves of one character, as JSON escapes those beyond 16 bits.
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _if_letters(found: Iterator[Rewrite] | list[Rewrite]) -> list[Rewrite]:
    """All, if letters are among them that need no escape; else none."""
    rewrites = list(found)
    said = "".join(rewrite.text for rewrite in rewrites)
    plain = sum(character.isascii() and character.isalnum() for character in said)
    foreign = sum(not character.isascii() and character.isalpha() for character in said)
    return rewrites if plain >= _FEW or foreign >= _FOREIGN else []
