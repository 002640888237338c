"""Bytes as printable signs: uuencoded lines, Ascii85 and base85.

Such signs are hardly told from code and passwords by their looks, so what comes out must be text;
at random it is not (see `disguise_codes`).
"""

import re
from binascii import Error, a2b_uu
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pointsman.signals.disguise_codes import said_by
from pointsman.signals.disguise_draft import Rewrite

# Capitals, digits and signs in rows, without a small letter: all that uuencoded bytes have.
_UU = re.compile(r"[!-`][ -`]{15,}+(?:\r?\n[!-`][ -`]++)*+")
_START = re.compile(r"(?:^|[\s:])(?=\S)")
_STARTS_TRIED = 4
_FULL_LINE = 45
_WHITE = str.maketrans("\t\n\r", "   ")

_85 = re.compile(r"[!-~]{20,}+(?:\r?\n[!-~]{20,}+)*+(?:\r?\n[!-~]{1,99}+(?=\s|\Z))?+")
_PACKED = re.compile(r"[^A-Za-z0-9/._-].*[^A-Za-z0-9/._-]", re.DOTALL)
_QUOTES = "'\"`()[]<>~{}"
_ALPHABETS = (
    "".join(map(chr, range(33, 118))),
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
)
"""Of Ascii85 (Adobe, PostScript Language Reference, 3rd edition) and of base85 (as Git has it)."""

_GROUP = 5


def uu(text: str) -> Iterator[Rewrite]:
    """Decode uuencoded lines (POSIX.1-2017, uuencode), also where the ends of lines are lost."""
    for match in _UU.finditer(text):
        run = match[0]
        starts = [start.end() for start in _START.finditer(run)][:_STARTS_TRIED]
        for start in starts:
            raw, end = _lines(run, start)
            if len(raw) >= _STARTS_TRIED and (said := said_by(raw)):
                yield Rewrite(match.start() + start, match.start() + end, said)
                break


def _lines(run: str, start: int) -> tuple[bytes, int]:
    """The bytes of the lines that begin at a place, and where the last of them ends.

    Each line begins with the number of its bytes. Short ones that follow one another without an
    end of line were encoded each by itself, as words are.
    """
    found = bytearray()
    at = start
    while at < len(run):
        size = (ord(run[at]) - ord(" ")) & 63
        end = at + 1 + (size + 2) // 3 * 4
        line = run[at:end].rstrip("\r\n")
        if not 0 < size <= _FULL_LINE or "\n" in line or len(line) + 3 < end - at:
            break
        try:
            found += a2b_uu(line)
        except Error:  # signs beyond the last byte
            break
        at = min(end, len(run))
        follows = run[at : at + 1]
        while run[at : at + 1] in ("\r", "\n") and at < len(run):
            at += 1
        if size < _FULL_LINE and follows not in ("", "\r", "\n"):
            found += b" "
    return bytes(found).rstrip(), at


def base85s(text: str) -> Iterator[Rewrite]:
    """Decode Ascii85, with or without its brackets, and base85."""
    for match in _85.finditer(text):
        run = match[0]
        if not _PACKED.search(run):
            continue
        framed = run[2:-2] if run.startswith("<~") and run.endswith("~>") else run
        bare = run.strip(_QUOTES)
        for token, start in ((framed, 0), (bare, run.find(bare))):
            said = next(filter(None, map(said_by, _decoded(token))), "")
            if said:
                end = start + len(bare) if start else len(run)
                yield Rewrite(match.start() + start, match.start() + end, said)
                break


def _decoded(token: str) -> Iterator[bytes]:
    """The bytes in each alphabet that has all signs of a token; groups beyond 32 bits are lost."""
    joined = "".join(token.split())
    for alphabet in _ALPHABETS:
        if not set(joined) <= set(alphabet):
            continue
        missing = -len(joined) % _GROUP
        padded = (joined + alphabet[-1] * missing).encode("ascii")
        groups = _values(alphabet)[np.frombuffer(padded, np.uint8)].reshape(-1, _GROUP)
        sums = groups @ (85 ** np.arange(4, -1, -1))
        kept = np.where(sums < 1 << 32, sums, 0).astype(">u4").tobytes()
        yield kept[: len(kept) - missing]


def _values(alphabet: str) -> NDArray[np.int64]:
    """By code of a sign, its value, (128,)."""
    values = np.zeros(128, np.int64)
    values[[ord(sign) for sign in alphabet]] = np.arange(len(alphabet))
    return values
