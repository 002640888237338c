"""Strings that hold a file: `data:` URLs and base64; the text in them, if it is text."""

import re
from binascii import a2b_base64
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from urllib.parse import unquote

MEDIA_CHARACTERS = 256
"""A string of base64 that is this long and decodes to no text is other media. A shorter one is read
as it stands: it costs little, and may be a word after all."""

_SAMPLE = 4096
"""Characters by which base64 is known to be text or not; a multiple of 4."""

# RFC 2397, without quoted parameters. Bounded, so that no sentence fits in what is not read.
_DATA_URL = re.compile(
    r"\s*+data:((?:[\w.+-]{1,60}/[\w.+-]{1,90})?(?:;[\w.+-]{1,30}(?:=[\w.+-]{0,30})?){0,4}),",
    re.ASCII | re.IGNORECASE,
)
_TEXT_TYPE = re.compile(r"^text/|json|xml|yaml|javascript", re.IGNORECASE)
# Shorter base64 is read as it stands: so few bytes may look like text by chance.
_MAY_HOLD = re.compile(r"\s*+data:|[\w+/-]{24,}+={0,2}\Z", re.ASCII | re.IGNORECASE)
_BASE64 = re.compile(r"[\w+/-]*+={0,2}", re.ASCII)
_NO_LETTER = re.compile(r"[0-9+/_-]")
_LINE_BREAK = re.compile(r"[\r\n\t]+")
_JUNK = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_URL_SAFE = str.maketrans("-_", "+/")


def payload_of(string: str) -> str | None:
    """Return the text that a string is or holds; None where it holds other media.

    What is said to be text is read as text, whatever its bytes. What is said to be something else,
    or says nothing, is text if its beginning looks like it.
    """
    if _MAY_HOLD.match(string) is None:
        return string
    url = _DATA_URL.match(string)
    if url is None:
        return _bare(string)
    media_type, payload = url[1], string[url.end() :]
    if not media_type.lower().endswith(";base64"):
        return unquote(payload)
    return _decoded(payload, string, is_text=_TEXT_TYPE.search(media_type) is not None)


def _bare(string: str) -> str | None:
    """Return what a string says that is base64 or not: nothing announces it."""
    if _BASE64.fullmatch(string) is None:
        return string
    text = _decoded(string, string, is_text=False)
    if text is None and (len(string) < MEDIA_CHARACTERS or _may_be_words(string[:_SAMPLE])):
        return string
    return text


def _may_be_words(sample: str) -> bool:
    """Say whether base64 may be English without spaces.

    Of random bytes, 12 in 64 characters are digits or signs.
    """
    return len(_NO_LETTER.findall(sample)) * 16 < len(sample)


def _decoded(payload: str, otherwise: str, *, is_text: bool) -> str | None:
    """Decode base64 to text; None where it is no text, `otherwise` where it is no base64."""
    beginning = _text(payload[:_SAMPLE])
    if beginning is None:
        return otherwise
    if not is_text and not _looks_like_text(beginning):
        return None
    text = _text(payload)
    return otherwise if text is None else text


def _text(payload: str) -> str | None:
    bare = _LINE_BREAK.sub("", unquote(payload)).rstrip("=").translate(_URL_SAFE)
    if _BASE64.fullmatch(bare) is None:
        return None
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]  # a last character alone is no byte
    raw = a2b_base64(bare + "=" * (-len(bare) % 4))
    utf_16 = raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return raw.decode("utf-16" if utf_16 else "utf-8", "replace")


def _looks_like_text(text: str) -> bool:
    """Say whether at most a tenth is no character: in compressed bytes, more than half is."""
    return len(_JUNK.findall(text)) * 10 <= len(text)
