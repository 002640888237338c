"""Text as numbers and signs: base64, base32, hex, decimal and octal codes, binary digits, Morse.

Each is a run of few signs; whether it says anything is told by what comes out. Random bytes, as in
hashes, keys and images, are hardly ever text: a byte is printable ASCII with probability 0.37.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from pointsman.signals.disguise_draft import Rewrite
from pointsman.signals.disguise_words import known_letters, reads_as_english, share_known

# Once enough signs of a code stand in a row, each of these patterns matches, whatever follows: a
# code that went wrong at its end is not read again from its second sign.
_SIGN = "[A-Za-z0-9+/_-]"
_BREAK = r"[ \t\r]*+\n\s*+"
_BASE64 = re.compile(
    # A word in small letters is none, whatever its first letter.
    rf"(?<!{_SIGN})(?=[A-Za-z]?[a-z]*+[A-Z0-9+/_=-])"
    # Lines of it, the last of which ends the text or its own line.
    rf"(?:{_SIGN}{{16,}}+(?:{_BREAK}{_SIGN}{{2,}}+(?==|\s*+\Z|[ \t\r]*+\n))*+|{_SIGN}{{6,}}+)"
)
_BASE32 = re.compile(r"(?<![A-Za-z0-9])[A-Z2-7]{16,}+(?![a-z0189])=*+")
_HEX_BYTE = re.compile(r"(?:0x|\\x|U\+00)?([0-9a-fA-F]{2})")
_HEX = re.compile(rf"(?<![0-9A-Za-z])(?:{_HEX_BYTE.pattern}(?:, ?|[ :;\n\t]{{1,2}})?+){{4,}}+")
_NUMBERS = re.compile(r"(?<![0-9A-Za-z.])(?:[0-9]{2,3}(?:, ?|[ :;/\n-]{1,2})){5,}+[0-9]{0,3}+")
_BITS = re.compile(r"(?<![0-9A-Za-z])(?:[01]{7,8}[ ,\n]{0,2}+){4,}+")
_DIGITS = re.compile("[0-9]+")
_DOT = "[.\\-·•–—−_]"  # noqa: RUF001  # the dashes that are written for one
_MORSE = re.compile(
    rf"(?<![\w.\-]){_DOT}{{1,6}}[ /|\n]{{1,3}}+(?:{_DOT}{{1,6}}[ /|\n]{{0,3}}+){{4,}}+"
)
_DASHES = str.maketrans({"·": ".", "•": ".", "–": "-", "—": "-", "−": "-", "_": "-"})  # noqa: RUF001
_GAP = re.compile(r"\s*[/|\n]\s*| {3,}")

_SIGNALS = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- "
    "-..- -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- "
    "..--.. .----. -.-.-- -....- -..-. .--.-."
)
_LETTERS = dict(zip(_SIGNALS.split(), "abcdefghijklmnopqrstuvwxyz0123456789.,?'!-/@", strict=True))
"""International Morse code (ITU-R M.1677-1, and the usual exclamation mark)."""

_LONG = 12
"""Bytes whose being all text is no accident."""

_TEXT = re.compile(rb"[\t\n\r -~]{16,}+")
_WHITE = str.maketrans("\t\n\r", "   ")
_LETTERS_OF_MORSE = 10
"""Letters that differ; dashes in tables and rulers make two or three."""

_WORDY = 0.5
_FEW = 0.2
_KNOWN = 0.6
_ZEROS = 0.8
_SPACES = 0.07
"""Of what is said in numbers: half of what English has."""


def base64s(text: str) -> Iterator[Rewrite]:
    """Decode base64, also its alphabet for URLs, over several lines, and without padding."""
    for match in _BASE64.finditer(text):
        end = match.end()
        padded = text[end : end + 1] == "="
        if not padded and _is_written(match[0]):
            continue
        while text[end : end + 1] == "=" and end - match.end() < 2:  # noqa: PLR2004  # padding
            end += 1
        letters = "".join(match[0].split()).replace("-", "+").replace("_", "/")
        if said := _decoded64(letters):
            yield Rewrite(match.start(), end, said)


def _is_written(token: str) -> bool:
    """Tell whether a token has the capitals of a word; base64 mixes capitals, or is very short."""
    if not token.isalpha():
        return False
    return token.islower() or token.isupper() or token.istitle()


def _decoded64(letters: str) -> str:
    """What base64 says; it may begin one to three letters later, behind a name or a slash."""
    for skipped in range(4):
        kept = letters[skipped : skipped + (len(letters) - skipped) // 4 * 4]
        rest = letters[skipped + len(kept) :]
        if len(rest) > 1:  # one letter alone is no byte
            kept += rest + "=" * (4 - len(rest))
        if said := said_by(base64.b64decode(kept)):
            return f"{letters[:skipped]} {said}" if skipped else said
    return ""


def base32s(text: str) -> Iterator[Rewrite]:
    """Decode base32."""
    for match in _BASE32.finditer(text):
        letters = match[0].rstrip("=")
        padded = letters + "=" * (-len(letters) % 8)
        try:
            said = said_by(base64.b32decode(padded))
        except binascii.Error:  # a length that no bytes have
            continue
        if said:
            yield Rewrite(match.start(), match.end(), said)


def hexes(text: str) -> Iterator[Rewrite]:
    """Decode bytes in hexadecimal digits, with or without signs between them."""
    for match in _HEX.finditer(text):
        raw = bytes.fromhex("".join(_HEX_BYTE.findall(match[0])))
        if said := said_by(raw):
            yield Rewrite(match.start(), match.end(), said)


def numbers(text: str) -> Iterator[Rewrite]:
    """Decode bytes in decimal or octal numbers."""
    for match in _NUMBERS.finditer(text):
        found = _DIGITS.findall(match[0])
        for base in (10, 8):
            if base == 8 and any(set(number) & {"8", "9"} for number in found):  # noqa: PLR2004
                continue
            codes = [int(number, base) for number in found]
            said = said_by(bytes(codes)) if max(codes) < 256 else ""  # noqa: PLR2004  # bytes
            # A column of numbers may all be letters; a text has spaces.
            if said.count(" ") >= _SPACES * len(said) > 0 or share_known(said) >= _KNOWN:
                yield Rewrite(match.start(), match.end(), said)
                break


def bits(text: str) -> Iterator[Rewrite]:
    """Decode bytes in binary digits, eight to a byte, or seven where signs part them."""
    for match in _BITS.finditer(text):
        groups = _DIGITS.findall(match[0])
        if any(len(group) > 8 for group in groups):  # noqa: PLR2004  # bits of a byte
            joined = "".join(groups)
            groups = [joined[at : at + 8] for at in range(0, len(joined) // 8 * 8, 8)]
        if said := said_by(bytes(int(group, 2) for group in groups)):
            yield Rewrite(match.start(), match.end(), said)


def morse(text: str) -> Iterator[Rewrite]:
    """Decode Morse code; rows of dots and dashes that make no words, or few letters, stay."""
    for match in _MORSE.finditer(text):
        words = _GAP.split(match[0].translate(_DASHES))
        letters = ["".join(_LETTERS.get(sign, "?") for sign in word.split()) for word in words]
        said = " ".join(letters)
        varied = said.count("?") <= _FEW * len(said) and len(set(said)) >= _LETTERS_OF_MORSE
        if varied or (share_known(said) >= _KNOWN and known_letters(said)):
            yield Rewrite(match.start(), match.start() + len(match[0].rstrip()), said)


def said_by(raw: bytes) -> str:
    """The text that bytes are, or that stands among them; empty if there is none."""
    for first, order in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(raw) > _LONG and raw[first::2].count(0) >= _ZEROS * (len(raw) // 2):
            raw = raw[: len(raw) // 2 * 2].decode(order, "replace").encode("utf-8", "replace")
    try:
        text = raw.decode()
    except UnicodeDecodeError:  # as most bytes are no text
        text = ""
    if _is_text(text):
        return text
    if len(raw) <= _LONG:
        return ""
    found = [piece.decode("ascii") for piece in _TEXT.findall(raw)]
    return " ".join(piece for piece in found if reads_as_english(piece, _KNOWN))


def _is_text(text: str) -> bool:
    if not text or not text.translate(_WHITE).isprintable():
        return False
    spaces = text.count(" ")
    letters = spaces + sum(map(str.isalpha, text))
    signs = len(text) - spaces - sum(map(str.isalnum, text))
    if letters < _WORDY * len(text):
        return False
    if len(text) >= _LONG and signs <= _FEW * len(text):
        return True
    return share_known(text) >= _KNOWN and known_letters(text) > 0
