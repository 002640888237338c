"""Words in pieces, or run together: `i g n o r e`, `ig-nore`, `ig nore`, `ignoreallprevious`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, pairwise

from pointsman.signals.disguise_draft import Rewrite
from pointsman.signals.disguise_words import (
    common_words,
    is_word,
    known_letters,
    places_of,
    segmented,
    share_known,
    words_of,
)

_ONE = r"[A-Za-z0-9@$!]"
_BETWEEN = r"[\s.\-_*+|/~,:·•^]{1,4}"
_SINGLES = re.compile(rf"(?<![^\W_]){_ONE}(?:{_BETWEEN}{_ONE}(?![^\W_])){{3,}}+")
_GAPS = re.compile(rf"(?<={_ONE}){_BETWEEN}(?={_ONE})")
_LOOK = str.maketrans("013457@$!", "oieastasi")

_PIECES = re.compile(r"(?<![A-Za-z0-9@/.:_-])[A-Za-z]{1,12}(?:[-.*_·~^|+]{1,2}[A-Za-z]{1,12})++")
_GOES_ON = re.compile("[A-Za-z0-9@/:_-]")
_NO_LETTERS = re.compile("[^A-Za-z]+")
_PREFIXES = (
    "anti auto bi co counter cross de dis e ex extra in inter intra mid mini mis multi non over "
    "post pre pro re self semi sub super t trans tri u ultra un under up x"
)
_RUN_TOGETHER = re.compile(r"(?<![^\W_])[A-Za-z]{18,}+(?![^\W_])")
_HUMP = re.compile("[a-z][A-Z]")

_MOSTLY = 0.75
_WORDS_IN_RUN = 4
_MEAN = 3
_NEARLY_ALL = 0.9
_MOST_PARTS = 4
_SHORTEST = 3
_FEW_WORDS = 4
_LONG_WORD = 5
_LONGEST = 16
_LONG_PIECE = 11
_SURE_WORD = 8
_TWICE = 2


def singles(text: str) -> Iterator[Rewrite]:
    """Join letters that stand apart, on one line or one to a line; digits may stand for letters."""
    for match in _SINGLES.finditer(text):
        run = match[0]
        gaps = [(gap.start(), gap.end()) for gap in _GAPS.finditer(run)]
        places = [0, *(end for _, end in gaps)]
        words = _words_of("".join(run[at] for at in places), [run[a:b] for a, b in gaps])
        if words:
            yield _spaced(match.start(), match.end(), words, [match.start() + at for at in places])


def _words_of(letters: str, gaps: Sequence[str]) -> list[str]:
    """The words that letters apart make; none if they hardly make any.

    A gap that is longer than the usual one parts words, and so does white space where the usual
    one is a sign. Where no gap tells, the likeliest words are taken.
    """
    usual = Counter(gaps).most_common(1)[0][0]
    groups = [letters[0]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if len(gap) > len(usual) or (gap.isspace() and not usual.isspace()):
            groups.append(letter)
        else:
            groups[-1] += letter
    words = list(chain.from_iterable(_cut(group) for group in groups))
    said = " ".join(words).lower().translate(_LOOK)
    if 2 * sum(map(str.isalpha, letters)) < len(letters):
        return []
    if not usual.isspace() and len(groups) >= _FEW_WORDS and len(letters) / len(groups) >= _MEAN:
        return groups  # signs between letters and spaces between words, in whatever language
    return words if known_letters(said) and share_known(said) >= _MOSTLY else []


def _cut(letters: str) -> list[str]:
    """A word as it is, or as many words as it is made of."""
    plain = letters.lower().translate(_LOOK)
    sizes = [len(plain)] if is_word(plain) else map(len, segmented(plain))
    ends = [0]
    for size in sizes:
        ends.append(ends[-1] + size)
    return [letters[a:b] for a, b in pairwise(ends)]


def _spaced(start: int, end: int, words: Sequence[str], places: Sequence[int]) -> Rewrite:
    """Write words with spaces between them.

    Args:
        start: Where the range begins in which they stand.
        end: Where it ends.
        words: The words.
        places: Where each of their letters stands.
    """
    sources: list[int] = []
    at = 0
    for word in words:
        sources += [places[at - 1]] if at else []
        sources += places[at : at + len(word)]
        at += len(word)
    return Rewrite(start, end, " ".join(words), sources)


def pieces(text: str) -> list[Rewrite]:
    """Join words that signs cut into pieces, `ig-nore`, where not all pieces are words.

    One long word or two short ones must come out that are no word with a prefix: authors hyphenate
    now and then.
    """
    found: list[Rewrite] = []
    sure: set[str] = set()
    prefixes = _PREFIXES.split()
    for match in _PIECES.finditer(text):
        low = [part.lower() for part in _NO_LETTERS.split(match[0])]
        word = "".join(low)
        if _GOES_ON.match(text, match.end()) or not is_word(word):
            continue
        if all(len(part) > 1 and is_word(part) for part in low):
            continue
        places = [match.start() + at for at, sign in enumerate(match[0]) if sign.isalpha()]
        said = "".join(text[place] for place in places)
        found.append(Rewrite(match.start(), match.end(), said, places))
        if low[0] not in prefixes or not is_word("".join(low[1:])):
            sure.add(word)
    return found if _enough(sure) else []


def scattered(text: str) -> list[Rewrite]:
    """Join words that spaces cut into pieces, `ig nore`, where not all pieces are words."""
    words = words_of(text)
    strange = {word for word in set(words) - common_words() if len(word) <= _LONG_PIECE}
    joined = list(_joins(words, [n for n, word in enumerate(words) if word in strange]))
    if not _enough({word for _, _, word in joined if len(word) >= _LONG_WORD}):
        return []
    places = places_of(text)
    rewrites: list[Rewrite] = []
    for first, last, _ in joined:
        parts = places[first:last]
        if all(text[before[1] : after[0]] == " " for before, after in pairwise(parts)):
            letters = [place for start, end in parts for place in range(start, end)]
            said = "".join(text[place] for place in letters)
            rewrites.append(Rewrite(parts[0][0], parts[-1][1], said, letters))
    found = {rewrite.text.lower() for rewrite in rewrites if len(rewrite.text) >= _LONG_WORD}
    return rewrites if _enough(found) else []


def _joins(words: Sequence[str], numbers: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Ranges that hold one of some words and make a word together, and the word."""
    done = 0
    for number in numbers:
        for first, last in _around(number):
            if first < done or last > len(words):
                continue
            word = "".join(words[first:last])
            plural = words[last - 1] == "s"  # of a word that stands before it
            if _SHORTEST <= len(word) <= _LONGEST and is_word(word) and not plural:
                yield first, last, word
                done = last
                break


def _around(number: int) -> Iterator[tuple[int, int]]:
    """The ranges of two to four that hold a number, the short ones first."""
    for size in range(2, _MOST_PARTS + 1):
        for first in range(number - size + 1, number + 1):
            yield first, first + size


def _enough(words: AbstractSet[str]) -> bool:
    return len(words) >= _TWICE or any(len(word) >= _SURE_WORD for word in words)


def run_together(text: str) -> Iterator[Rewrite]:
    """Part words that stand without spaces between them."""
    for match in _RUN_TOGETHER.finditer(text):
        run = match[0]
        if is_word(run.lower()) or _HUMP.search(run):
            continue
        words = _cut(run)
        short = sum(len(word) == 1 for word in words)
        # A long word that is on no list falls into scraps: `recommend at ion`.
        many = len(words) >= _WORDS_IN_RUN and short * _WORDS_IN_RUN <= len(words)
        if many and len(run) >= _MEAN * len(words) and share_known(" ".join(words)) >= _NEARLY_ALL:
            yield _spaced(match.start(), match.end(), words, range(match.start(), match.end()))
