"""Recorded outcomes: for each question, which of a light and a heavy model answered it rightly.

Four tables, four pairs. Only the first is the mode question ("answer at once" against "write the
reasoning, then answer"), and only it trains the token count: in the others both arms write their
reasoning, or the reasoning model's hidden tokens are not recorded, so a difference of lengths
would say nothing about what reasoning costs.
"""

import json
from collections.abc import Iterator

import msgspec

from pointsman.statistics.halves import parted
from pointsman.training.examples import NO_LABEL
from pointsman.training.shelf import Shelf
from pointsman.training.weights import DOMAINS, OUTCOMES, RECORDED

MODE_PAIR = ("jamba-1.5-large", "gpt-4o-2024-05")
"""Light answers with a bare letter, heavy reasons first: a surrogate, as the models differ too."""
MATH_PAIR = ("gpt-4o-mini-2024-07-18", "o1-mini-2024-09-12")
ROUTELLM_PAIR = ("mixtral_8x7b", "gpt4_1106")

MODE_SOURCE = "mmlu_pro:" + "->".join(MODE_PAIR)

MODE_WEIGHT = 1.0
OTHER_PAIR_WEIGHT = 0.5
MMLU_WEIGHT = 0.25
"""Model choice rather than mode, and 5,000 questions: it must not outvote the mode pair."""

_MATH = DOMAINS.index("math")
_NAMES = {
    (True, True): "both",
    (False, True): "heavy_only",
    (True, False): "light_only",
    (False, False): "neither",
}


class Outcome(msgspec.Struct, frozen=True):
    """A question that two models have answered.

    Attributes:
        question: Without options.
        options: Answer choices, perhaps none.
        source: The table and the pair of models.
        outcome: Index into `weights.OUTCOMES`.
        weight: Of its loss.
        extra_tokens: Word pieces that the heavy answer took more than the light one, at least 0.
        category: Index into `weights.DOMAINS`, where the table has one of these.
        domain: The same where it may be learned: the table's category, or its subject's.
        recorded: For each of the table's models in order of name, if it was right; -1 unknown.
    """

    question: str
    options: tuple[str, ...]
    source: str
    outcome: int
    weight: float
    extra_tokens: float | None = None
    category: int = NO_LABEL
    domain: int = NO_LABEL
    recorded: tuple[int, ...] = ()


def outcome_of(*, light_right: bool, heavy_right: bool) -> int:
    """The index in `weights.OUTCOMES`."""
    return OUTCOMES.index(_NAMES[light_right, heavy_right])


def read_outcomes(shelf: Shelf) -> tuple[Outcome, ...]:
    """All recorded outcomes, the mode pair first."""
    return (*_mmlu_pro(shelf), *_math(shelf), *_gsm8k(shelf), *_mmlu(shelf))


def _mmlu_pro(shelf: Shelf) -> Iterator[Outcome]:
    light, heavy = _answers(shelf, "mmlu_pro_outcomes", MODE_PAIR)
    marks = _marks(shelf)
    for row in shelf.table("mmlu_pro_questions"):
        key = row["question_id"]
        if key in light and key in heavy:
            domain = DOMAINS.index(row["category"])
            extra = float(heavy[key]["wp_tokens"]) - float(light[key]["wp_tokens"])
            yield Outcome(
                question=row["question"],
                options=tuple(json.loads(row["options_json"])),
                source=MODE_SOURCE,
                outcome=_outcome(light[key]["correct"], heavy[key]["correct"]),
                weight=MODE_WEIGHT,
                extra_tokens=max(0.0, extra),
                category=domain,
                domain=domain,
                recorded=marks[key],
            )


def _math(shelf: Shelf) -> Iterator[Outcome]:
    light, heavy = _answers(shelf, "zeroeval_math_l5_outcomes", MATH_PAIR)
    for row in shelf.table("zeroeval_math_l5_questions"):
        key = row["question_id"]
        if key in light and key in heavy:
            outcome = _outcome(light[key]["correct"], heavy[key]["correct"])
            source = "math_l5:" + "->".join(MATH_PAIR)
            yield Outcome(row["problem"], (), source, outcome, OTHER_PAIR_WEIGHT, domain=_MATH)


def _gsm8k(shelf: Shelf) -> Iterator[Outcome]:
    for row in shelf.table("routellm_gsm8k"):
        source = "gsm8k:" + "->".join(ROUTELLM_PAIR)
        outcome = _routellm(row)
        yield Outcome(row["prompt"], (), source, outcome, OTHER_PAIR_WEIGHT, domain=_MATH)


def _mmlu(shelf: Shelf) -> Iterator[Outcome]:
    subjects = _subjects(shelf)
    for row in shelf.table("routellm_mmlu"):
        question, options = parted(row["prompt"])
        source = "mmlu:" + "->".join(ROUTELLM_PAIR)
        domain = subjects.get(row["category"], NO_LABEL)
        yield Outcome(question, options, source, _routellm(row), MMLU_WEIGHT, domain=domain)


def _subjects(shelf: Shelf) -> dict[str, int]:
    """The domain of each of MMLU's 57 subjects, as the rows of domain/train have it."""
    return {
        row["sub"].removeprefix("mmlu-"): DOMAINS.index(row["label"])
        for row in shelf.rows("domain/train")
        if row["source"] == "mmlu"
    }


def _marks(shelf: Shelf) -> dict[str, tuple[int, ...]]:
    """For each question of MMLU-Pro, which of the recorded models was right."""
    found: dict[str, dict[str, int]] = {}
    for row in shelf.table("mmlu_pro_outcomes"):
        found.setdefault(row["question_id"], {})[row["model"]] = int(row["correct"] == "1")
    models = sorted({model for marks in found.values() for model in marks})[: RECORDED.outputs]
    return {key: tuple(marks.get(m, NO_LABEL) for m in models) for key, marks in found.items()}


def _answers(
    shelf: Shelf, table: str, pair: tuple[str, str]
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """The rows of the pair's two models, each by question id."""
    found: dict[str, dict[str, dict[str, str]]] = {model: {} for model in pair}
    for row in shelf.table(table):
        if row["model"] in found:
            found[row["model"]][row["question_id"]] = row
    return found[pair[0]], found[pair[1]]


def _outcome(light_mark: str, heavy_mark: str) -> int:
    return outcome_of(light_right=light_mark == "1", heavy_right=heavy_mark == "1")


def _routellm(row: dict[str, str]) -> int:
    light, heavy = ROUTELLM_PAIR
    return _outcome(row[f"{light}_correct"], row[f"{heavy}_correct"])
