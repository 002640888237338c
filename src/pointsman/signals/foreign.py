"""Judges texts that are not English: groups of letters, blended with the encoder's word.

The encoder has read little but English, and its word pieces break most other scripts into single
letters: there it overlooks attacks and cries wolf over recipes. A linear reader of hashed groups of
characters (Weinberger et al. 2009, arXiv 0902.2206; fastText: Bojanowski et al. 2017, arXiv
1607.04606), fitted on texts in two dozen languages, stands beside it:

    logit = gram_weight x grams + encoder_weight x logit(encoder) + offset

with one such line for languages in Latin letters, where the encoder still reads something, and
one for all others. `training/foreign.py` fits it; `config/foreign.py` reads it from disk.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from math import exp, log
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.signals.language import identify
from pointsman.signals.language_words import LISTS, UNKNOWN

FORMAT = 1

STRETCH, STEP = 400, 300
"""Characters that are judged together, and from where to where: an instruction of one sentence
inside a long text should neither drown in it nor fall between two stretches."""

FOREIGN_FROM = 0.25
"""Share of languages other than English from which a stretch in Latin letters is foreign."""
ENGLISH_FROM = 0.2
"""Share of English, or of no known language, from which the encoder's word stands beside ours."""
_OTHER_LEAST = 18
"""As many letters of another script are foreign in any surroundings: three words, six of the
characters that stand for syllables or words."""
_ENGLISH_WORDS = 4
"""So many words in Latin letters within another script are worth asking whether they are English:
two or three are names."""

_LATIN = frozenset(LISTS["LATIN"]) - {"en", UNKNOWN}
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_FURTHEST = 8.0
"""Nats; beyond, the encoder's probability is taken as this far from one half."""

_LONGEST = 5
_LONGEST_DENSE = 3
"""Characters in a group; in scripts whose characters are syllables or words, three are enough."""
_FACTOR, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x165667B19E3779F9)
_KEPT_BITS = np.uint64(32)
_SPACE = 32
# Kana; Chinese characters and Hangul; those outside of the first plane.
_DENSE = ((0x3040, 0x3100), (0x3400, 0xD7A4), (0xF900, 0xFB00), (0x20000, 0x323B0))
_DENSITY = 3
# Of the scripts that the table was taught: Greek and Cyrillic; Hebrew and Arabic; Devanagari and
# Bengali; Thai; Greek again; presentation forms of Hebrew and Arabic. In any other script the
# encoder's word stands: it is little, but ours would be nothing.
_SPREAD_OUT = (
    (0x0370, 0x0530),
    (0x0590, 0x0780),
    (0x0900, 0x0A00),
    (0x0E00, 0x0E80),
    (0x1F00, 0x2000),
    (0xFB1D, 0xFE00),
    (0xFE70, 0xFF00),
)
# What stands on letters and is often left out: accents of Latin, Greek and Cyrillic letters, Hebrew
# and Arabic vowel points, the Arabic stretcher. Indic and Thai vowels are letters and stay.
_LEFT_OUT = ((0x0300, 0x0370), (0x0591, 0x05C8), (0x0640, 0x0641), (0x064B, 0x0660))


class Line(msgspec.Struct, frozen=True):
    """How the two readers' logits for one label become a probability."""

    gram_weight: float
    encoder_weight: float
    offset: float


class ForeignNote(msgspec.Struct, frozen=True):
    """What `foreign.json` says of the table beside it.

    Attributes:
        labels: The attacks, in the order of the table's columns.
        buckets: Rows of the table. The file holds int8 rows (buckets, labels), then float32 scales
            and biases (labels,), little-endian.
        sha256: Of the file.
        latin: A line for each label, for languages in Latin letters.
        other: The same for languages in all other scripts.
        training: How it was made and what was measured; not read while serving.
    """

    format: int
    file: str
    sha256: str
    labels: tuple[str, ...]
    buckets: int
    latin: tuple[Line, ...]
    other: tuple[Line, ...]
    training: Mapping[str, Any] = {}


class StretchKind(msgspec.Struct, frozen=True):
    """What a stretch is written in.

    Attributes:
        foreign: Whether it must be judged here.
        english: Whether the encoder can read enough of it for its word to stand.
        latin: Whether what is foreign in it is written in Latin letters.
    """

    foreign: bool
    english: bool
    latin: bool


_ENGLISH = StretchKind(foreign=False, english=True, latin=True)


class Foreign:
    """The fitted reader; pure, and the same on every processor: it adds whole numbers.

    Args:
        note: Its description.
        table: The content of the file that the description names.

    Raises:
        ValueError: The table's size, or the number of lines, is not what the description says.
    """

    def __init__(self, note: ForeignNote, table: bytes) -> None:
        columns = len(note.labels)
        size = note.buckets * columns
        if len(table) != size + 8 * columns:
            raise ValueError(f"expected {size + 8 * columns} bytes, got {len(table)}")
        if not len(note.latin) == len(note.other) == columns:
            raise ValueError(f"expected a line for each of {columns} labels in both scripts")
        self.note = note
        self._rows = np.frombuffer(table, np.int8, size).reshape(note.buckets, columns)
        floats = np.frombuffer(table, "<f4", 2 * columns, offset=size).astype(np.float64)
        self._scale, self._bias = floats[:columns], floats[columns:]

    def judge(self, text: str, scores: Mapping[str, float]) -> Mapping[str, float] | None:
        """Return each attack's probability, or None: the text is English, the encoder's word holds.

        A long text is judged in stretches, of which the highest counts. Where some of it is
        English, the encoder's scores are among those. The cost is linear in the text's length.

        Args:
            text: All of it.
            scores: What the encoder says of it, a calibrated probability for each attack.
        """
        found: list[Mapping[str, float]] = []
        stands = False
        for stretch in stretches(text):
            kind = kind_of(stretch)
            stands |= kind.english
            if kind.foreign:
                found.append(self._blend(foreign_part(stretch, kind), scores, kind))
        if not found:
            return None
        if stands:
            found.append(scores)
        return {label: max(each.get(label, 0.0) for each in found) for label in self.note.labels}

    def grams(self, text: str) -> NDArray[np.float64]:
        """The table's own logits, (labels,)."""
        rows = gram_rows(text, self.note.buckets)
        total = self._rows[rows].sum(axis=0, dtype=np.int64)
        return np.asarray(total * (self._scale / max(1, len(rows)) ** 0.5) + self._bias)

    def _blend(
        self, stretch: str, scores: Mapping[str, float], kind: StretchKind
    ) -> Mapping[str, float]:
        lines = self.note.latin if kind.latin else self.note.other
        grams = self.grams(stretch).tolist()
        return {
            label: blended(line, gram, scores.get(label, 0.0))
            for label, line, gram in zip(self.note.labels, lines, grams, strict=True)
        }


def blended(line: Line, gram: float, p: float) -> float:
    """The probability that a line makes of a gram logit and the encoder's probability."""
    total = line.gram_weight * gram + line.encoder_weight * logit(p) + line.offset
    return 1.0 / (1.0 + exp(-max(-500.0, total)))


def logit(p: float) -> float:
    """log(p / (1 - p)), at most `_FURTHEST` from 0."""
    least = exp(-_FURTHEST)
    held = min(max(p, least), 1.0 - least)
    return log(held / (1.0 - held))


def kind_of(stretch: str) -> StretchKind:
    """Tell foreign, English and mixed stretches apart; about 0.1 ms."""
    if not stretch.isascii():
        other, latin = _letters(stretch)
        if other >= _OTHER_LEAST or other > latin:
            return StretchKind(foreign=True, english=_has_english(stretch), latin=False)
    shares = identify(stretch)
    if sum(p for name, p in shares.items() if name in _LATIN) < FOREIGN_FROM:
        return _ENGLISH
    english = shares.get("en", 0.0) + shares.get(UNKNOWN, 0.0)
    return StretchKind(foreign=True, english=english >= ENGLISH_FROM, latin=True)


def _letters(stretch: str) -> tuple[int, int]:
    """How many letters are of other scripts, a dense one counting as three, and how many Latin."""
    codes = np.frombuffer(stretch.encode("utf-32-le", "replace"), "<u4")
    counts = [int(((codes >= start) & (codes < end)).sum()) for start, end in _DENSE]
    spread = [int(((codes >= start) & (codes < end)).sum()) for start, end in _SPREAD_OUT]
    small = codes | np.uint32(0x20)  # the small letter of an ASCII capital
    latin = int(((small >= ord("a")) & (small <= ord("z"))).sum())
    return _DENSITY * sum(counts) + sum(spread), latin


def _has_english(stretch: str) -> bool:
    words = _LATIN_WORD.findall(stretch)
    return len(words) >= _ENGLISH_WORDS and identify(" ".join(words)).get("en", 0.0) > 1 / 2


def foreign_part(stretch: str, kind: StretchKind) -> str:
    """What the table reads: words in Latin letters are left out where the encoder answers for them.

    They would only drown a short instruction in another script.
    """
    return _LATIN_WORD.sub(" ", stretch) if kind.english and not kind.latin else stretch


def stretches(text: str) -> Iterator[str]:
    """Yield pieces of at most `STRETCH` characters that begin every `STEP`; all of a short text."""
    for start in range(0, max(1, len(text) - (STRETCH - STEP)), STEP):
        yield text[start : start + STRETCH]


def gram_rows(text: str, buckets: int) -> NDArray[np.int64]:
    """The rows of a text's distinct groups of characters, sorted, (groups,).

    Groups of two to five characters that may begin or end with a word's border; in Chinese,
    Japanese and Korean characters, of one to three.
    """
    letters = _folded(text)
    space = letters == _SPACE
    dense = np.zeros(len(letters), np.bool_)
    for start, end in _DENSE:
        dense |= (letters >= start) & (letters < end)
    hashes = letters * _FACTOR
    found = [hashes[dense]]
    whole = np.ones(len(letters), np.bool_)  # no border inside
    some = dense  # a dense character among them
    for length in range(2, _LONGEST + 1):
        hashes = hashes[:-1] * _FACTOR + letters[length - 1 :]
        some = some[:-1] | dense[length - 1 :]
        kept = whole[:-1] if length <= _LONGEST_DENSE else whole[:-1] & ~some
        found.append(hashes[kept])
        whole = whole[:-1] & ~space[length - 1 :]
    mixed = np.concatenate(found)
    mixed ^= mixed >> np.uint64(29)
    return np.unique((mixed * _SPREAD >> _KEPT_BITS) % np.uint64(buckets)).astype(np.int64)


def _folded(text: str) -> NDArray[np.uint64]:
    """Code points of the text in small letters, without accents, one space around each word."""
    plain = unicodedata.normalize("NFKD", text.lower()).translate(_FOLDING)
    words = " ".join(unicodedata.normalize("NFC", plain).split())
    return np.frombuffer(f" {words} ".encode("utf-32-le", "replace"), "<u4").astype(np.uint64)


class _Folding(dict[int, str]):
    """What becomes of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if any(start <= code < end for start, end in _LEFT_OUT) or category == "Cf":
            folded = ""
        elif category == "Nd":
            folded = "0"
        elif category[0] in "PSZC":
            folded = " "
        else:
            folded = character
        self[code] = folded
        return folded


_FOLDING = _Folding()
