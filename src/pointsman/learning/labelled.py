"""An operator's labelled examples: one row per text."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from pointsman.errors import ConfigError, TooFewRowsError
from pointsman.observe.rows import judged_text, read_rows
from pointsman.signals.head_file import MAX_LABELS, MIN_LABELS

MIN_EXAMPLES = 5
"""Of each label: one for each fold of the cross-validation."""


class LabelRow(msgspec.Struct, frozen=True):
    """One example; other keys may stand beside these."""

    label: str
    text: str | None = None
    messages: list[dict[str, Any]] | None = None


class Labelled(msgspec.Struct, frozen=True):
    """A text and its label."""

    text: str
    label: str


def read_labelled(path: Path) -> list[Labelled]:
    """Read examples; the same text twice with the same label is one example.

    Raises:
        ConfigError: A row is wrong, a text has two labels, or there are too many or too few labels.
        TooFewRowsError: A label has fewer than 5 examples.
    """
    found: dict[str, tuple[str, int]] = {}
    for line, row in read_rows(path, LabelRow):
        where = f"{path}:{line}"
        text = judged_text(row.text, row.messages, where)
        if text is None:
            raise ConfigError(f"{where}: expected `text` or `messages`")
        if not row.label.strip() or not row.label.isprintable():
            raise ConfigError(f"{where}: expected a label of printable characters")
        label, first = found.setdefault(text, (row.label, line))
        if label != row.label:
            raise ConfigError(
                f"{where}: the same text is labelled {row.label!r} here and {label!r} in line "
                f"{first}; an example has one label"
            )
    examples = [Labelled(text, label) for text, (label, _) in found.items()]
    _check(Counter(example.label for example in examples), path)
    return examples


def _check(counts: Counter[str], path: Path) -> None:
    if not MIN_LABELS <= len(counts) <= MAX_LABELS:
        known = ", ".join(sorted(counts)[:MAX_LABELS]) or "none"
        raise ConfigError(
            f"{path}: expected {MIN_LABELS} to {MAX_LABELS} labels, found {len(counts)} ({known})"
        )
    few = {label: rows for label, rows in counts.items() if rows < MIN_EXAMPLES}
    if few:
        listed = ", ".join(f"{label} ({MIN_EXAMPLES - n} more)" for label, n in sorted(few.items()))
        raise TooFewRowsError(
            f"{path}: each label needs at least {MIN_EXAMPLES} different texts; missing: {listed}"
        )
