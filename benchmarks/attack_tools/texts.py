"""The texts that are not the tools': ordinary prompts, our own attacks, what training has seen."""

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pointsman.evaluation.rows import read_rows, read_unseen

HARMLESS = ("benign", "benign_hard")
ATTACKS = ("jailbreak", "injection", "harmful")
MOST_ORDINARY = 500
"""Rows of one source of ordinary prompts."""
RUN = 8
"""A text that shares so many words in a row with a training text counts as seen."""

_WORD = re.compile(r"\w+")


class Row(msgspec.Struct, frozen=True):
    """A row of any set of texts."""

    text: str
    label: str = ""


def ordinary(args: argparse.Namespace) -> Mapping[str, tuple[str, ...]]:
    """Return harmless texts by source; of the data files the half that no threshold has seen.

    Args:
        args: With `data`, `split` and `half`, as `evaluation.rows.read_rows` takes them.
    """
    unseen = read_unseen("guard", Row)[1]
    sources = {
        "domain dev: exam questions, assistants' commands": read_rows(args, "domain", Row)[1],
        **{
            f"jailbreak dev: {label}": _labelled(read_rows(args, "jailbreak", Row)[1], label)
            for label in HARMLESS
        },
        "unseen: domain questions": read_unseen("domain", Row)[1],
        **{f"unseen: {label}": _labelled(unseen, label) for label in HARMLESS},
    }
    return {
        name: tuple(row.text for row in spread(rows, MOST_ORDINARY))
        for name, rows in sources.items()
    }


def ours(each: int) -> Mapping[str, tuple[str, ...]]:
    """Return texts of the packaged unseen set by label, at most so many of each."""
    rows = read_unseen("guard", Row)[1]
    return {
        label: tuple(row.text for row in spread(_labelled(rows, label), each))
        for label in (*ATTACKS, *HARMLESS)
    }


def spread(rows: Sequence[Row], most: int) -> Sequence[Row]:
    """Return rows at even distances: the sets are sorted by kind, and each is to be met."""
    if len(rows) <= most:
        return rows
    return [rows[at * len(rows) // most] for at in range(most)]


class Known:
    """Which texts the guard may have been trained on, or its thresholds chosen on.

    Args:
        args: See `ordinary`; both files of `jailbreak` are read whole.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self._runs: set[int] = set()
        for split in ("train", "dev"):
            whole = argparse.Namespace(data=args.data, split=split, half=None)
            for row in read_rows(whole, "jailbreak", Row)[1]:
                self._runs.update(_runs(row.text))

    def __contains__(self, text: str) -> bool:
        return any(run in self._runs for run in _runs(text))


def _labelled(rows: Sequence[Row], label: str) -> list[Row]:
    return [row for row in rows if row.label == label]


def _runs(text: str) -> Iterator[int]:
    """Yield a number for each run of words; a shorter text is one run, one without words none."""
    words = _WORD.findall(text.lower())
    for start in range(max(0, len(words) - RUN) + 1) if words else ():
        yield hash(tuple(words[start : start + RUN]))
