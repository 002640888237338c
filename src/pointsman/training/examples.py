"""One training example: a question with the labels that different data sets give it."""

from collections.abc import Iterable

import msgspec

from pointsman.statistics.halves import Side, stem_of
from pointsman.training.questions import dressed, shows_options, written

NO_LABEL = -1

Span = tuple[int, int, str]
"""Start, end (code points, exclusive) and type of a piece of personal data."""


class Example(msgspec.Struct, frozen=True):
    """A question and what is known about it; tasks it has no label for are left out of the loss.

    Attributes:
        question: Without options.
        options: Answer choices, perhaps none.
        source: The data set, and for outcomes the pair of models.
        side: Where the split puts it.
        domain: Index into `weights.DOMAINS`, or NO_LABEL.
        outcome: Index into `weights.OUTCOMES`, or NO_LABEL.
        outcome_weight: Of the outcome's (and token count's) loss.
        extra_tokens: How many more word pieces the heavy answer took, or None.
        weak: The outcome is assumed, not recorded.
        category: The outcome table's own category, an index into `weights.DOMAINS`; no task
            learns it, the category tables that results are compared with do.
        attacks: 1, 0 or NO_LABEL for each of `weights.ATTACKS`; empty means not labelled.
        spans: Personal data in the question, which then has no options; None: not labelled.
        recorded: 1, 0 or NO_LABEL for each recorded model of MMLU-Pro; empty means none.
    """

    question: str
    options: tuple[str, ...]
    source: str
    side: Side
    domain: int = NO_LABEL
    outcome: int = NO_LABEL
    outcome_weight: float = 0.0
    extra_tokens: float | None = None
    weak: bool = False
    category: int = NO_LABEL
    attacks: tuple[int, ...] = ()
    spans: tuple[Span, ...] | None = None
    recorded: tuple[int, ...] = ()

    @property
    def stem(self) -> str:
        """See `halves.stem_of`."""
        return stem_of(self.question)

    def text(self, epoch: int = 0) -> str:
        """As a client might send it in this epoch.

        Options are shown in every other epoch; from the third on, exam questions also wear the
        words that people put around them. Texts with spans stay as they are.
        """
        text = self.full_text() if shows_options(self.stem, epoch) else self.question
        exam = self.spans is None and (self.domain != NO_LABEL or self.outcome != NO_LABEL)
        return dressed(text, self.stem, epoch) if exam and not self.weak else text

    def full_text(self) -> str:
        """With all options."""
        return written(self.question, self.options)


def merged(examples: Iterable[Example]) -> tuple[Example, ...]:
    """Examples with one entry per question and options, labels joined; the first label stands."""
    kept: dict[tuple[str, str], Example] = {}
    for example in examples:
        key = (example.stem, stem_of(" ".join(example.options)))
        first = kept.get(key)
        kept[key] = example if first is None else _joined(first, example)
    return tuple(kept.values())


def _joined(first: Example, second: Example) -> Example:
    labels: dict[str, object] = {}
    if first.domain == NO_LABEL:
        labels["domain"] = second.domain
    if first.outcome == NO_LABEL and second.outcome != NO_LABEL:
        labels |= {
            "outcome": second.outcome,
            "outcome_weight": second.outcome_weight,
            "extra_tokens": second.extra_tokens,
            "weak": second.weak,
            "category": second.category,
        }
    if not first.attacks:
        labels["attacks"] = second.attacks
    if first.spans is None and first.question == second.question and not first.options:
        labels["spans"] = second.spans
    if not first.recorded:
        labels["recorded"] = second.recorded
    return msgspec.structs.replace(first, **labels)
