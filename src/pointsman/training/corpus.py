"""Reads the data folder into one multi-task corpus, split by question and never by row.

Three tasks share it: `domain` (files `domain/*`), `outcome` and `extra_tokens` (files
`outcomes/*`, and weak labels for everyday requests). The folder's own README says where the rows
came from and under which licences.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from pointsman.training.everyday import EVERYDAY
from pointsman.training.examples import NO_LABEL, Example, merged
from pointsman.training.outcomes import Outcome, read_outcomes
from pointsman.training.questions import Side, side_of, stem_of
from pointsman.training.shelf import Shelf
from pointsman.training.weights import DOMAINS, OUTCOMES

DEV_FILES = ("domain/dev", "difficulty/dev", "difficulty/multi_model_dev")
"""Questions in any of these are never trained on."""

CHAT_WEIGHT = 0.5
EVERYDAY_WEIGHT = 1.0
INVENTED = "invented"

_SideRule = Callable[[str], Side]


class Corpus(msgspec.Struct, frozen=True):
    """All examples, and the SHA-256 of each file that they were read from."""

    examples: tuple[Example, ...]
    files: dict[str, str]

    def on(self, side: Side) -> tuple[Example, ...]:
        """The examples on one side of the split."""
        return tuple(example for example in self.examples if example.side == side)

    def row_counts(self) -> dict[str, int]:
        """How many examples each side has for each task, weak labels counted apart."""
        counts: Counter[str] = Counter()
        for example in self.examples:
            side = example.side
            counts[f"{side}/examples"] += 1
            counts[f"{side}/domain"] += example.domain != NO_LABEL
            recorded = example.outcome != NO_LABEL and not example.weak
            counts[f"{side}/outcome"] += recorded
            counts[f"{side}/extra_tokens"] += recorded and example.extra_tokens is not None
            counts[f"{side}/outcome, weak"] += example.weak
        return dict(sorted(counts.items()))


def read_corpus(data: Path) -> Corpus:
    """Reads everything; a stem lies on the same side in every task.

    Raises:
        ConfigError: A file of the layout is missing.
    """
    shelf = Shelf(data)
    held_out = {stem_of(row["text"]) for name in DEV_FILES for row in shelf.rows(name)}
    outcomes = read_outcomes(shelf)
    known = {stem_of(outcome.question) for outcome in outcomes}

    def side(question: str) -> Side:
        return side_of(stem_of(question), held_out, known)

    examples = (
        *(_of_outcome(outcome, side(outcome.question)) for outcome in outcomes),
        *_of_domains(shelf, side),
        *_of_everyday(side),
    )
    return Corpus(merged(examples), shelf.files)


def _of_outcome(outcome: Outcome, side: Side) -> Example:
    return Example(
        question=outcome.question,
        options=outcome.options,
        source=outcome.source,
        side=side,
        outcome=outcome.outcome,
        outcome_weight=outcome.weight,
        extra_tokens=outcome.extra_tokens,
        category=outcome.category,
    )


def _of_domains(shelf: Shelf, side: _SideRule) -> Iterator[Example]:
    """Rows of domain/train that fall on the train side, and of domain/dev on the others.

    Chat rows get the weak outcome `both` in training only: none is recorded for them.
    """
    for part in ("train", "dev"):
        for row in shelf.rows(f"domain/{part}"):
            row_side = side(row["text"])
            if (part == "train") != (row_side == "train"):
                continue
            example = Example(
                question=row["text"],
                options=tuple(row["options"]),
                source=row["source"],
                side=row_side,
                domain=DOMAINS.index(row["label"]),
            )
            chat = row["label_kind"] == "chat-weak" and row_side == "train"
            yield _light(example, CHAT_WEIGHT) if chat else example


def _of_everyday(side: _SideRule) -> Iterator[Example]:
    for request, domain in EVERYDAY:
        if side(request) == "train":
            example = Example(request, (), INVENTED, "train", domain=domain)
            yield _light(example, EVERYDAY_WEIGHT)


def _light(example: Example, weight: float) -> Example:
    """The example with the weak label that a light model answers it at once."""
    return msgspec.structs.replace(
        example,
        outcome=OUTCOMES.index("both"),
        outcome_weight=weight,
        extra_tokens=0.0,
        weak=True,
    )
