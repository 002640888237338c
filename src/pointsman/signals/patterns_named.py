"""Values that only the word before them gives away: passports, licences, accounts, passwords."""

import re
from collections.abc import Iterator

from pointsman.signals.patterns_match import Match
from pointsman.signals.patterns_words import Words

# What may stand between a word and its value, "passport no. is: X"; all counts are bounded.
_LINK = (
    r"['\"]?\.?[ \t]{0,3}"
    r"(?:(?:number|num|no|nr|nummer|numero|número|numéro|code|id|n°|nº)\b[.:]?[ \t]{0,2})?"
    r"(?:[#:=\uff1a-]|is\b|ist\b|est\b|es\b|è\b|号码|是|は|:=){0,2}[ \t]{0,3}[\"'#]?"
)
_ALONE = r"(?![\w-])"
_CJK = r"\u3000-\u9fff\uac00-\ud7af\uff00-\uffef"  # ends a value, as a blank does
_ZIP_DIGITS = 5
_SHORTEST_PASSWORD = 4

# By type: the shape of a value, the digits it must have at least, and how sure that makes us.
# There are no check digits here, and the word may speak of something else.
_SHAPES: dict[str, tuple[str, int, float]] = {
    # Licence numbers differ by state, from 7 digits to a letter and 14 digits with hyphens
    # (AAMVA, "Driver license/ID formats by state").
    "US_DRIVER_LICENSE": (r"[A-Z0-9]{1,16}+(?:[ -][0-9]{2,6}){0,4}+", 5, 0.75),
    # ICAO 9303-3: up to nine letters and digits.
    "PASSPORT": (r"[A-Z0-9]{6,9}+", 4, 0.75),
    "BANK_ACCOUNT": (r"[A-Z]{0,4}+[0-9](?:[ -]?[0-9]){4,33}+", 6, 0.7),
    # Dutch, Canadian and British codes; elsewhere 3 to 6 digits, with 3 or 4 after a hyphen
    # in Portugal, Brazil and Japan; 2-3 in Poland.
    "ZIP_CODE": (
        (
            "[0-9]{4} ?(?-i:[A-Z]{2})|[0-9]{2}-[0-9]{3}|[0-9]{3,6}(?:-[0-9]{3,4})?"
            "|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}"
        ),
        2,
        0.8,
    ),
}
_AFTER_THE_WORD = {
    kind: re.compile(f"{_LINK}({shape}){_ALONE}", re.IGNORECASE)
    for kind, (shape, _, _) in _SHAPES.items()
}

# `pwd: X`, `pwd = "X"`, `password is X`, `with password X`; a value ends at a blank or a quote.
_PASSWORD = re.compile(
    r"['\"]?(?:[ \t]{0,3}(?P<sign>[:=\uff1a]{1,2}|是|は)"
    r"|[ \t]{1,3}(?P<is>(?:is|ist|est|es|è)[ \t:])?)[ \t]{0,3}"
    r"(?:(?P<quote>[\"'`])(?P<quoted>[^\"'`\n]{4,64})(?P=quote)"
    rf"|(?P<plain>[^\s{_CJK}]{{4,64}}+)(?=[\s{_CJK}]|\Z))",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(  # templates, masks, constants, and code that brings the value
    r"[$%]?[{<\[]|\([^()]*\)|[*•x]{4}|(?:none|null|true|false|undefined|str|string|bytes)\b"
    r"|(?:self|this|os|env|process|config|request|req|settings|args|data|user|form|input|getpass"
    r"|hash\w*|bcrypt|field|column)[.(\[]",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT_OR_SIGN = re.compile(r"[\d!@#$%^&*+=?~|<>]")
_END_MARKS = ".,;:)]}\"'`"


def named_values(text: str, words: Words) -> Iterator[Match]:
    """Find values right after a word that says what they are."""
    for kind, (_, digits, p) in _SHAPES.items():
        for end in words.ends(kind):
            value = _AFTER_THE_WORD[kind].match(text, end)
            if value is None or sum(map(str.isdigit, value[1])) < digits:
                continue
            if kind != "ZIP_CODE" or _is_postal(text, end, value[1]):
                yield Match(kind, value.start(1), value.end(1), p)


def _is_postal(text: str, end: int, value: str) -> bool:
    """Tell whether a short word means a code and not something else: cap a value, zip 3 files."""
    word = text[end - 3 : end]
    if word.lower() == "cap":
        return word == "CAP" and len(value) == _ZIP_DIGITS
    said = word.lower() != "zip" or re.match(r" ?code|[:=#]", text[end : end + 5], re.IGNORECASE)
    return bool(said) or len(value) >= _ZIP_DIGITS


def passwords(text: str, words: Words) -> Iterator[Match]:
    """Find what follows `password:` and its like, unless it is code or a sentence about it."""
    for end in words.ends("PASSWORD"):
        written = _PASSWORD.match(text, end)
        if written is None:
            continue
        start, stop = written.span("quoted" if written["quoted"] else "plain")
        if not written["quoted"]:
            stop = start + len(text[start:stop].rstrip(_END_MARKS))
        p = _p_of_password(text[start:stop], written, text[stop : stop + 1])
        if p and not _NO_VALUE.match(text, start):
            yield Match("PASSWORD", start, stop, p)


def _p_of_password(value: str, written: re.Match[str], after: str) -> float:
    """Return how sure a value is a password: 0 for what is none."""
    if len(value) < _SHORTEST_PASSWORD:
        return 0.0
    if _LETTER.search(value) and _DIGIT_OR_SIGN.search(value):
        return 0.9 if written["sign"] or written["quoted"] else 0.7  # it is no word of a sentence
    if written["sign"] and (written["quoted"] or after in "\r\n"):
        return 0.6  # one plain word: perhaps a type, perhaps a weak password
    return 0.6 if value.isdigit() and (written["sign"] or written["is"]) else 0.0
