r"""The one spelling of texts that ask the same, letter for letter: what exact hits are found by.

Nothing is changed that could change a meaning, so a text that is not understood here is only left
as it is: a miss costs a request, a wrong hit costs trust.

- Unicode is composed (NFC; NFKC would make x² an x2), line ends are \n, invisible marks are left
  out, typographic quotes, dashes and dots become plain.
- Case is folded, but not in code, quotes, addresses, file names and identifiers, nor where the case
  tells words apart: see `normal_case`.
- Spaces are folded in prose; in text that looks like code, where they are meaning, nothing is.
- What ends the text, of . ! ? , ; : and …, is left out, but not what belongs to a formula: `5!`.
"""

import re
import unicodedata

from pointsman.cache.normal_case import folded

# Zero-width space, byte order mark, soft hyphen, word joiner. The joiners of emoji and of Indic
# scripts stay: they are spelling.
_INVISIBLE = re.compile("[\u200b\ufeff\u00ad\u2060]")
_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2026": "...",
        "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\t": " ",
    }
)  # fmt: skip

_FENCED = re.compile(r"(```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`)", re.DOTALL)

# Code outside a fence: lines that are indented, or begin or end as code does.
# Repetitions have bounds, so that no text, however it is made, takes more than linear time.
_CODE_LINE = re.compile(
    r"""
      ^[ \t]+\S.*\n | \n[ \t]+\S
    | ^[ \t]*(?:(?:async\s)?def\s\w+\s?\(|class\s\w+\s?[:({]|for\s\w+\sin\s.{1,200}:$
        |(?:while|if|elif)\s(?:\S{1,200}|.{0,100}[=<>(].{0,100}):$|with\s.{0,100}\(.{0,100}:$
        |else:|try:|import\s\w+(?:\.\w+)*;?$|from\s[\w.]+\simport\b|return\b.{0,200}[;()]
        |\#include\b|(?:public|private|static)\s\w+\s\w+\s?\(|func\s\w+\(|fn\s\w+\(
        |(?:let|const|var)\s\w+\s?=|SELECT\b.{1,200}\bFROM\b|INSERT\sINTO\b|//|/\*
        |<\w{1,50}[^>\n]{0,200}>)
    | [{};][ \t]?$ | \w\([^)\n]{0,100}\)[ \t]?[:{;]
    """,
    re.MULTILINE | re.VERBOSE,
)
_QUOTED = re.compile(r"(\"[^\"\n]+\"|(?<![\w'])'[^'\n]+'(?![\w']))")
_SPACES = re.compile(r"[ \v\f]+")
_AROUND_A_LINE_END = re.compile(r" *\n *")
_BEFORE_A_STOP = re.compile(r"(?<=\w) +(?=[.,;:!?]+(?:\s|\Z))")
_END = ".,;:!?"
_FACTORIAL = re.compile(r"(?:\d|\)|\b[A-Za-z])!")


def normalised(text: str) -> str:
    """Return the spelling under which a text is stored and looked up.

    Cost: a few passes over the text. It is its own normal form: doing it twice changes nothing.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip("\n").rstrip()
    parts = _FENCED.split(text)
    if is_code("".join(parts[::2])):
        return text
    # Every second part is code between fences or ticks.
    prose = [part if at % 2 else _prose(part) for at, part in enumerate(parts)]
    return _without_end("".join(prose).strip())


def is_code(text: str) -> bool:
    """Tell whether a text, or a part of it, looks like code without a fence around it."""
    return bool(_CODE_LINE.search(text.rstrip()))


def plain(text: str) -> str:
    """Return a text with composed letters, plain quotes, dashes and blanks, no invisible marks."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_PLAIN)


def _prose(text: str) -> str:
    text = plain(text)
    parts = _QUOTED.split(text)
    for at in range(0, len(parts), 2):
        spaced = _AROUND_A_LINE_END.sub("\n", _SPACES.sub(" ", parts[at]))
        parts[at] = _BEFORE_A_STOP.sub("", spaced)
    return folded(parts)


def _without_end(text: str) -> str:
    last = max((found.end() for found in _FACTORIAL.finditer(text)), default=0)
    end = len(text)
    while end > last and (text[end - 1] in _END or text[end - 1].isspace()):
        end -= 1
    return text[:end] or text
