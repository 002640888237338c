"""Numbers that are recognised by form and check digits: cards, IBANs, SSNs, addresses, phones."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from pointsman.signals.patterns_checks import (
    has_calling_code,
    iban_length,
    is_card,
    is_iban,
    is_ssn,
)
from pointsman.signals.patterns_match import Match
from pointsman.signals.patterns_words import Words, is_glued

# Groups of digits with what may stand between those of one number; no-break blanks and hyphens
# come with pasted text. Possessive, so that each character is read once.
_BETWEEN = "[ \u00a0\u2010-\u2015.()/-]"
_RUN = re.compile(rf"[0-9]++(?:{_BETWEEN}{{1,3}}+[0-9]++)*+")
_GROUP = re.compile(r"[0-9]++")
_SHORTEST = 7  # characters of the shortest number: 1.1.1.1

_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}(?:[ \u00a0]?[A-Za-z0-9]){11,30}")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_VERSION = re.compile(r"(?:version|release|build|\bv)[ :.]*\Z", re.IGNORECASE)
_DATE = re.compile(  # 2024-05-01, 1.5.2024, 2020-2023
    "(?:19|20)[0-9]{2}([./-])[0-9]{1,2}\\1[0-9]{1,2}(?![0-9])"
    "|[0-9]{1,2}([./-])[0-9]{1,2}\\2(?:19|20)[0-9]{2}(?![0-9])"
    "|(?:19|20)[0-9]{2} ?[/\u2013-] ?(?:19|20)[0-9]{2}(?![0-9])"
)
_EXTENSION = re.compile(r" ?(?:x|ext\.?) ?[0-9]{1,6}(?![0-9])", re.IGNORECASE)
_CARD_DIGITS = range(12, 20)
_OLD_CARD_DIGITS = 13
_SSN_DIGITS = 9
_FOUR = 4  # digits of a card's printed group
_PHONE_DIGITS = range(7, 16)  # ITU-T E.164 allows 15; the shortest subscriber numbers have 7
_INTERNATIONAL_DIGITS = range(8, 16)  # the country's code has one more at least


class _Run:
    """A row of groups of digits: where each is, how long, and what stands between them."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.spans = [group.span() for group in _GROUP.finditer(text, start, end)]
        self.lengths = [end - start for start, end in self.spans]
        self.signs = [text[left[1] : right[0]] for left, right in pairwise(self.spans)]

    def looks_like(self, first: int, *lengths: int) -> bool:
        """Tell whether groups of these lengths come next."""
        return self.lengths[first : first + len(lengths)] == list(lengths)

    def joins(self, first: int, count: int) -> str:
        """Return the one sign between the next groups; "" if they differ or are several."""
        signs = self.signs[first : first + count - 1]
        sign = signs[0] if len(signs) == count - 1 else ""
        return sign if len(sign) == 1 and signs.count(sign) == len(signs) else ""

    def span(self, first: int, count: int) -> tuple[int, int]:
        """Return where the next groups begin and end."""
        return self.spans[first][0], self.spans[first + count - 1][1]

    def digits(self, first: int, count: int) -> str:
        """Return the digits of the next groups."""
        return "".join(self.text[start:end] for start, end in self.spans[first : first + count])

    def stands_alone(self, start: int, end: int, sign: str) -> bool:
        """Tell whether a range is a whole number: not part of a word, nor of a longer row."""
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        return not (
            is_glued(before)
            or is_glued(after)
            or (before == sign != " " and self.text[start - 2 : start - 1].isalnum())
            or (after == sign != " " and self.text[end + 1 : end + 2].isalnum())
        )


Recognise = Callable[[_Run, int, Words], Match | None]


def numbers(text: str, words: Words) -> Iterator[Match]:
    """Find what begins with, or consists of, groups of digits."""
    for run in _RUN.finditer(text):
        start, end = run.span()
        if text[start - 1 : start].isalpha():
            found = _iban(text, start - 2)
            if found:
                yield found
        if end - start >= _SHORTEST:
            yield from _in_run(_Run(text, start, end), words)


def _in_run(run: _Run, words: Words) -> Iterator[Match]:
    """Read a run from left to right; what one recogniser takes, no other sees."""
    first = 0
    while first < len(run.spans):
        start = run.spans[first][0]
        found = None
        if not is_glued(run.text[start - 1 : start]):
            tries = (recognise(run, first, words) for recognise in _RECOGNISERS)
            found = next((match for match in tries if match), None)
        first += 1
        if found:
            yield found
            while first < len(run.spans) and run.spans[first][0] < found.end:
                first += 1


def _ip_address(run: _Run, first: int, words: Words) -> Match | None:  # noqa: ARG001
    """IPv4 in dotted decimals (RFC 6943, section 3.1.1, strict form)."""
    if run.joins(first, 4) != ".":
        return None
    start, end = run.span(first, 4)
    if not _IPV4.fullmatch(run.text, start, end) or not run.stands_alone(start, end, "."):
        return None
    # A version of four numbers looks the same, and most say that they are one.
    said = _VERSION.search(run.text[max(0, start - 12) : start])
    return None if said else Match("IP_ADDRESS", start, end, 0.9)


def _credit_card(run: _Run, first: int, words: Words) -> Match | None:  # noqa: ARG001
    """Card numbers, plain or in groups as they are printed: 4-4-4-4, 4-6-5."""
    start, end = run.spans[first]
    if run.lengths[first] in _CARD_DIGITS:
        plain = run.stands_alone(start, end, ".") and is_card(run.text[start:end])
        # Of long numbers that begin like a card's, one in ten has its check digit by chance.
        # The last card of 13 digits is decades old, and German EAN-13 begin with 4 as well.
        p = 0.5 if end - start == _OLD_CARD_DIGITS else 0.95
        return Match("CREDIT_CARD", start, end, p) if plain else None
    for count in (5, 4, 3) if run.lengths[first] == _FOUR else ():
        sign = run.joins(first, count)
        if not sign or sign in "./()" or not _is_printed_like_a_card(run, first, count):
            continue
        start, end = run.span(first, count)
        if run.stands_alone(start, end, sign) and is_card(run.digits(first, count)):
            return Match("CREDIT_CARD", start, end, 1.0)
    return None


def _is_printed_like_a_card(run: _Run, first: int, count: int) -> bool:
    *most, last = run.lengths[first : first + count]
    in_fours = most.count(_FOUR) == len(most) and last <= _FOUR
    return in_fours or (*most, last) in {(4, 6, 5), (4, 6, 4)}


def _us_ssn(run: _Run, first: int, words: Words) -> Match | None:
    """US social security numbers; they have no check digit."""
    if run.lengths[first] == _SSN_DIGITS:
        count, sign = 1, "-"
        p, p_told = 0.0, 0.8  # nine digits may be another number there
    elif run.looks_like(first, 3, 2, 4):
        count, sign = 3, run.joins(first, 3)
        # Little else is written 3-2-4 with hyphens; three numbers in a row are.
        p, p_told = (0.6 if sign.isspace() else 0.9), 0.98
    else:
        return None
    start, end = run.span(first, count)
    if not sign or sign in "./()" or not run.stands_alone(start, end, sign):
        return None
    if not is_ssn(run.digits(first, count)):
        return None
    p = p_told if words.are_near("US_SSN", start, end) else p
    return Match("US_SSN", start, end, p) if p else None


def _zip_plus_four(run: _Run, first: int, words: Words) -> Match | None:
    if not run.looks_like(first, 5, 4) or run.joins(first, 2) != "-":
        return None
    start, end = run.span(first, 2)
    if not run.stands_alone(start, end, "-"):
        return None
    # Order numbers are written so, too.
    return Match("ZIP_CODE", start, end, 0.95 if words.are_near("ZIP_CODE", start, start) else 0.6)


def _international_phone(run: _Run, first: int, words: Words) -> Match | None:  # noqa: ARG001
    """Numbers with + and a country's code, in any grouping (ITU-T E.123)."""
    start = run.spans[first][0]
    if run.text[start - 1 : start] == "(":
        start -= 1
    if run.text[start - 1 : start] != "+" or run.text[start - 2 : start - 1].isalnum():
        return None
    count = _most_groups(run, first)
    digits = run.digits(first, count)
    stop = _extended(run.text, run.span(first, count)[1])
    if len(digits) not in _INTERNATIONAL_DIGITS or not has_calling_code(digits):
        return None
    if is_glued(run.text[stop : stop + 1]):
        return None
    return Match("PHONE_NUMBER", start - 1, stop, 0.95)  # or a number with its sign


def _most_groups(run: _Run, first: int) -> int:
    """Return how many groups a phone number can have from here on; at least one."""
    total, count = 0, 0
    for length in run.lengths[first : first + _PHONE_DIGITS[-1]]:
        total += length
        if total > _PHONE_DIGITS[-1]:
            break
        count += 1
    return max(1, count)


def _american_phone(run: _Run, first: int, words: Words) -> Match | None:
    """Numbers of the North American Numbering Plan: NXX-NXX-XXXX, N from 2 to 9."""
    text = run.text
    start = run.spans[first][0]
    lead = text[start : run.spans[first][1]] in {"1", "001"} and run.looks_like(first + 1, 3, 3, 4)
    at = first + lead
    if not run.looks_like(at, 3, 3, 4):
        return None
    (area, _), (exchange, _), (_, end) = run.spans[at : at + 3]
    before, sign = run.signs[at : at + 2]
    stop = _extended(text, end)
    if text[area] in "01" or text[exchange] in "01" or not run.stands_alone(start, stop, sign):
        return None
    in_brackets = before.startswith(")") and text[area - 1] == "("
    # Three numbers in a row stand with blanks between, so those need a word or the brackets.
    written = (
        in_brackets or run.joins(at, 3) in {"-", ".", "\u2011"} or (before, sign) == (" ", "-")
    )
    if not (written or (lead and words.are_near("PHONE_NUMBER", start, start))):
        return None
    return Match("PHONE_NUMBER", start - (in_brackets and not lead), stop, 0.9)


def _national_phone(run: _Run, first: int, words: Words) -> Match | None:
    """Numbers of 7 to 15 digits in any grouping after a word such as `tel`."""
    count = _most_groups(run, first)
    digits = sum(run.lengths[first : first + count])
    start, end = run.span(first, count)
    if digits not in _PHONE_DIGITS or not words.are_near("PHONE_NUMBER", start, start):
        return None
    stop = _extended(run.text, end)
    if _DATE.match(run.text, start) or is_glued(run.text[stop : stop + 1]):
        return None
    # After such a word comes, now and then, a plain number of something else.
    p = 0.6 if count == 1 else 0.75
    return Match("PHONE_NUMBER", start - (run.text[start - 1 : start] == "("), stop, p)


def _extended(text: str, end: int) -> int:
    extension = _EXTENSION.match(text, end)
    return extension.end() if extension else end


def _iban(text: str, start: int) -> Match | None:
    """IBANs by their country's length and mod 97, in one piece or in groups, in any case."""
    if start < 0 or is_glued(text[start - 1 : start]):
        return None
    length = iban_length(text[start : start + 2].upper())
    written = _IBAN.match(text, start) if length else None
    if written is None:
        return None
    at = [place for place in range(*written.span()) if text[place].isalnum()]
    if len(at) < length or is_glued(text[at[length - 1] + 1 : at[length - 1] + 2]):
        return None
    end = at[length - 1] + 1
    iban = "".join(text[place] for place in at[:length]).upper()
    return Match("IBAN_CODE", start, end, 1.0) if is_iban(iban) else None


_RECOGNISERS: tuple[Recognise, ...] = (
    _ip_address,
    _credit_card,
    _us_ssn,
    _zip_plus_four,
    _international_phone,
    _american_phone,
    _national_phone,
)
