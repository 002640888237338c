"""Reads the data folder into one multi-task corpus, split by question and never by row.

The tasks share it: `domain` (files `domain/*`), `outcome` and `extra_tokens` (files `outcomes/*`,
and weak labels for everyday requests), `attacks` (`jailbreak/*`), `spans` (`pii/*`). The folder's
own README says where the rows came from and under which licences. Texts of our own are added to
the training side only (`everyday`, `everyday_texts`, `attack_texts`, `pii_texts`).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from pointsman.statistics.halves import HELD_OUT_FILES, Side, stem_of
from pointsman.training import attack_texts, pii_texts
from pointsman.training.everyday import EVERYDAY
from pointsman.training.everyday_texts import everyday
from pointsman.training.examples import NO_LABEL, Example, merged
from pointsman.training.outcomes import Outcome, read_outcomes
from pointsman.training.questions import side_of
from pointsman.training.shelf import Shelf
from pointsman.training.weights import DOMAINS, OUTCOMES

CHAT_WEIGHT = 0.5
EVERYDAY_WEIGHT = 1.0
TOPIC_WEIGHT = 0.2
"""Of the weak label that everyday requests outside of the computing subjects need no reasoning."""
COMPUTING = frozenset({"math", "physics", "chemistry", "engineering", "computer science"})
INVENTED = "invented"
GENERATED_PII = 9000
SEED = 0
"""Of the generated texts: another would be another corpus."""

_SideRule = Callable[[str], Side]


class Corpus(msgspec.Struct, frozen=True):
    """All examples, and the SHA-256 of each file that they were read from.

    Attributes:
        guard_stems: Of the texts that the guard's own sets hold; other sets' texts are taken for
            harmless, but are no measure of what attacks look like.
    """

    examples: tuple[Example, ...]
    files: dict[str, str]
    guard_stems: frozenset[str] = frozenset()

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
            counts[f"{side}/attacks"] += bool(example.attacks)
            counts[f"{side}/spans"] += example.spans is not None
        return dict(sorted(counts.items()))


def read_corpus(data: Path) -> Corpus:
    """Reads everything; a stem lies on the same side in every task.

    Raises:
        ConfigError: A file of the layout is missing.
    """
    shelf = Shelf(data)
    held_out = {stem_of(row["text"]) for name in HELD_OUT_FILES for row in shelf.rows(name)}
    outcomes = read_outcomes(shelf)
    known = {stem_of(outcome.question) for outcome in outcomes}

    def side(question: str) -> Side:
        return side_of(stem_of(question), held_out, known)

    guarded = tuple(_of_attacks(shelf, side))
    examples = (
        *(_of_outcome(outcome, side(outcome.question)) for outcome in outcomes),
        *_of_domains(shelf, side),
        *_of_everyday(side),
        *guarded,
        *_of_pii(shelf, side),
    )
    return Corpus(merged(examples), shelf.files, frozenset(e.stem for e in guarded))


def _of_outcome(outcome: Outcome, side: Side) -> Example:
    return Example(
        question=outcome.question,
        options=outcome.options,
        source=outcome.source,
        side=side,
        outcome=outcome.outcome,
        outcome_weight=outcome.weight,
        extra_tokens=outcome.extra_tokens,
        domain=outcome.domain,
        category=outcome.category,
        recorded=outcome.recorded,
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
                attacks=attack_texts.HARMLESS,
            )
            chat = row["label_kind"] == "chat-weak" and row_side == "train"
            yield _light(example, CHAT_WEIGHT) if chat else example


def _of_everyday(side: _SideRule) -> Iterator[Example]:
    for request, domain in EVERYDAY:
        if side(request) == "train":
            example = Example(request, (), INVENTED, "train", domain=domain)
            yield _light(example, EVERYDAY_WEIGHT)
    for request, name, own in everyday(SEED):
        if side(request) == "train":
            index = DOMAINS.index(name)
            example = Example(
                request, (), INVENTED, own, domain=index, attacks=attack_texts.HARMLESS
            )
            light = own == "train" and name not in COMPUTING
            yield _unhurried(example) if light else example


def _of_attacks(shelf: Shelf, side: _SideRule) -> Iterator[Example]:
    """Rows of jailbreak/*, and on the train side the generated ones."""
    labels = {
        "jailbreak": attack_texts.JAILBREAK,
        "injection": attack_texts.INJECTION,
        "harmful": attack_texts.PLAINLY_HARMFUL,
        "benign": attack_texts.HARMLESS,
        "benign_hard": attack_texts.HARMLESS,
    }
    ordinary: list[str] = []
    harmful: list[str] = []
    for part in ("train", "dev"):
        for row in shelf.rows(f"jailbreak/{part}"):
            text, row_side = row["text"], side(row["text"])
            if (part == "train") != (row_side == "train"):
                continue
            if part == "train" and row["label"] == "benign":
                ordinary.append(text)
            if part == "train" and row["label"] == "harmful":
                harmful.append(text)
            source = f"{row['source']}:{row['label']}"
            yield Example(text, (), source, row_side, attacks=labels[row["label"]])
    for made in attack_texts.generated(ordinary, harmful, SEED):
        if side(made.text) == "train":
            source = f"{INVENTED}:{made.kind}"
            yield Example(made.text, (), source, made.side, attacks=made.attacks)


def _of_pii(shelf: Shelf, side: _SideRule) -> Iterator[Example]:
    """Rows of pii/*, and on the train side the generated ones."""
    for part in ("train", "dev"):
        for row in shelf.rows(f"pii/{part}"):
            row_side = side(row["text"])
            if (part == "train") != (row_side == "train"):
                continue
            spans = tuple((start, end, name) for start, end, name in row["spans"])
            source = f"{row['source']}:{row['sub']}"
            yield Example(row["text"], (), source, row_side, spans=spans)
    for text, spans in pii_texts.generated(GENERATED_PII, SEED):
        yield Example(text, (), f"{INVENTED}:pii", "train", spans=spans)
    for text in pii_texts.harmless(SEED):
        yield Example(text, (), f"{INVENTED}:no pii", "train", spans=())


def _unhurried(example: Example) -> Example:
    """The example with the weak label that a light model answers it, tokens unknown."""
    both = OUTCOMES.index("both")
    return msgspec.structs.replace(example, outcome=both, outcome_weight=TOPIC_WEIGHT, weak=True)


def _light(example: Example, weight: float) -> Example:
    """The example with the weak label that a light model answers it at once."""
    return msgspec.structs.replace(
        example,
        outcome=OUTCOMES.index("both"),
        outcome_weight=weight,
        extra_tokens=0.0,
        weak=True,
    )
