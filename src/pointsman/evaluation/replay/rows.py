"""Questions that both models of a pair have answered, and which of them are scored."""

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from pointsman.errors import ConfigError
from pointsman.evaluation.domain import written
from pointsman.evaluation.replay.files import MissingTableError, Tables
from pointsman.evaluation.replay.pairs import Pair, Table
from pointsman.evaluation.replay.subjects import DOMAIN_OF
from pointsman.statistics.halves import Half, parted, recorded_side, share_of, stem_of

MATH = "math"
_ROUTELLM = ("mixtral_8x7b", "gpt4_1106")


class Asked(msgspec.Struct, frozen=True):
    """A question of a table.

    Attributes:
        text: What a client would send.
        stem: Of the question alone, see `halves.stem_of`.
        category: As the table has it; never shown to the router.
        domain: The same as one of the router's domains.
    """

    question_id: str
    text: str
    stem: str
    category: str
    domain: str


class Answer(msgspec.Struct, frozen=True):
    """What one model made of a question: 1 for right, 0 for wrong, and output tokens if known."""

    right: float
    tokens: float | None


class Question(msgspec.Struct, frozen=True):
    """A question and what the two models of a pair made of it."""

    asked: Asked
    light: Answer
    heavy: Answer

    @property
    def text(self) -> str:
        """What a client would send."""
        return self.asked.text


class Recorded(msgspec.Struct, frozen=True):
    """All that is recorded of a pair.

    Attributes:
        scored: Questions that are scored.
        known: Questions that tables per category are learned from.
        crossed: Whether `known` holds the scored ones, so that for each of these a table must be
            learned without it.
        unanswered: Questions left out because one of the two models has no answer.
    """

    pair: Pair
    scored: tuple[Question, ...]
    known: tuple[Question, ...]
    crossed: bool
    unanswered: int

    @property
    def has_tokens(self) -> bool:
        """Whether the lengths of all answers that are scored are known."""
        return all(None not in (q.light.tokens, q.heavy.tokens) for q in self.scored)


_Answers = dict[str, dict[str, Answer]]


def read_recorded(
    tables: Tables, pairs: Sequence[Pair], half: Half | None, limit: int | None
) -> tuple[list[Recorded], list[str]]:
    """Read what is recorded of the pairs, and say what is not there.

    Args:
        tables: Where the tables are.
        pairs: The pairs wanted.
        half: Only questions that fall on this side of the split; see `halves.recorded_side`.
        limit: At most this many questions of each pair, spread over all of them.

    Raises:
        ConfigError: A table is wrong, or there is nothing to be scored.
    """
    held_out, notes = _held_out(tables, half)
    found = []
    for table in dict.fromkeys(pair.table for pair in pairs):
        some = [pair for pair in pairs if pair.table == table]
        try:
            asked, answers = READERS[table](tables, _models(some))
        except MissingTableError as error:
            notes.append(f"{error}: left out {', '.join(pair.name for pair in some)}.")
            continue
        for pair in some:
            recorded = _recorded(pair, asked, answers, (half, held_out, limit))
            if recorded.scored:
                found.append(recorded)
            else:
                why = "answered by both models" if half is None else f"on the half `{half}`"
                notes.append(f"{pair.name}: left out, there is no question {why}.")
    if not found:
        raise ConfigError(f"{tables.folder}: nothing to be scored. {' '.join(notes)}")
    return found, notes


def _held_out(tables: Tables, half: Half | None) -> tuple[frozenset[str], list[str]]:
    """Stems that training never saw, where a half asks for them, and what is not known of them."""
    if half is None:
        return frozenset(), []
    stems, missing = tables.held_out()
    if not missing:
        return stems, []
    note = (
        f"{', '.join(missing)} are not in the folder: of the questions that they would add to "
        f"`{half}`, none is scored."
    )
    return stems, [note]


def _models(pairs: Sequence[Pair]) -> frozenset[str]:
    return frozenset(name for pair in pairs for name in (pair.light_model, pair.heavy))


def _recorded(
    pair: Pair,
    asked: Sequence[Asked],
    answers: _Answers,
    which: tuple[Half | None, Collection[str], int | None],
) -> Recorded:
    half, held_out, limit = which
    light, heavy = answers.get(pair.light_model, {}), answers.get(pair.heavy, {})
    every = [
        Question(one, light[one.question_id], heavy[one.question_id])
        for one in asked
        if one.question_id in light and one.question_id in heavy
    ]

    def wanted(question: Question) -> bool:
        stem = question.asked.stem
        return half is None or recorded_side(stem, held_out=stem in held_out) == half

    scored = [question for question in every if wanted(question)]
    others = [question for question in every if not wanted(question)]
    return Recorded(
        pair=pair,
        scored=_limited(scored, limit),
        known=tuple(others or every),
        crossed=not others,
        unanswered=len(asked) - len(every),
    )


def _limited(questions: Sequence[Question], limit: int | None) -> tuple[Question, ...]:
    """At most so many questions, spread over all of them, in their order."""
    if limit is None or limit >= len(questions):
        return tuple(questions)
    drawn = sorted(
        range(len(questions)), key=lambda at: share_of(questions[at].asked.stem, "limit")
    )
    return tuple(questions[at] for at in sorted(drawn[:limit]))


def _mmlu_pro(tables: Tables, models: frozenset[str]) -> tuple[list[Asked], _Answers]:
    columns = ("question_id", "category", "question", "options_json")
    asked = []
    for row in tables.rows("mmlu_pro_questions", columns):
        try:
            options = msgspec.json.decode(row["options_json"], type=tuple[str, ...])
        except msgspec.DecodeError as error:
            raise ConfigError(
                f"mmlu_pro_questions, question {row['question_id']}: options_json: {error}"
            ) from error
        text = written(row["question"], options)
        category = row["category"]
        stem = stem_of(row["question"])
        asked.append(Asked(row["question_id"], text, stem, category, category))
    return asked, _answers(tables, "mmlu_pro_outcomes", models, "wp_tokens")


def _math(tables: Tables, models: frozenset[str]) -> tuple[list[Asked], _Answers]:
    asked = [
        Asked(row["question_id"], row["problem"], stem_of(row["problem"]), MATH, MATH)
        for row in tables.rows("zeroeval_math_l5_questions", ("question_id", "problem"))
    ]
    # Visible tokens are recorded, but not those that the reasoning model hides.
    return asked, _answers(tables, "zeroeval_math_l5_outcomes", models, None)


def _mmlu(tables: Tables, models: frozenset[str]) -> tuple[list[Asked], _Answers]:
    columns = ("question_id", "category", "prompt", *(f"{name}_correct" for name in _ROUTELLM))
    asked, answers = [], _nothing(models)
    for row in tables.rows("routellm_mmlu", columns):
        key, subject = row["question_id"], row["category"]
        if subject not in DOMAIN_OF:
            raise ConfigError(f"routellm_mmlu, question {key}: `{subject}` is no subject of MMLU")
        stem = stem_of(parted(row["prompt"])[0])
        asked.append(Asked(key, row["prompt"], stem, subject, DOMAIN_OF[subject]))
        for name in models & set(_ROUTELLM):
            answers[name][key] = Answer(_mark(row[f"{name}_correct"], key), None)
    return asked, answers


def _gsm8k(tables: Tables, models: frozenset[str]) -> tuple[list[Asked], _Answers]:
    measured = [f"{name}_{what}" for name in _ROUTELLM for what in ("correct", "wp_tokens")]
    asked, answers = [], _nothing(models)
    for row in tables.rows("routellm_gsm8k", ("question_id", "prompt", *measured)):
        key, prompt = row["question_id"], row["prompt"]
        asked.append(Asked(key, prompt, stem_of(prompt), MATH, MATH))
        for name in models & set(_ROUTELLM):
            tokens = _tokens(row[f"{name}_wp_tokens"], key)
            answers[name][key] = Answer(_mark(row[f"{name}_correct"], key), tokens)
    return asked, answers


READERS: Mapping[Table, Callable[[Tables, frozenset[str]], tuple[list[Asked], _Answers]]] = {
    "mmlu_pro": _mmlu_pro,
    "math": _math,
    "mmlu": _mmlu,
    "gsm8k": _gsm8k,
}
"""How each set of questions, and what some models made of it, is read."""


def _answers(tables: Tables, name: str, models: frozenset[str], tokens: str | None) -> _Answers:
    """What the models made of the questions of a table that has a row for each answer."""
    columns = ("question_id", "model", "correct", *((tokens,) if tokens else ()))
    found = _nothing(models)
    for row in tables.rows(name, columns):
        if row["model"] in found:
            key = row["question_id"]
            length = _tokens(row[tokens], key) if tokens else None
            found[row["model"]][key] = Answer(_mark(row["correct"], key), length)
    return found


def _nothing(models: frozenset[str]) -> _Answers:
    return {model: {} for model in models}


def _mark(mark: str, question_id: str) -> float:
    if mark not in {"0", "1"}:
        raise ConfigError(f"question {question_id}: expected a mark of 0 or 1, got `{mark}`")
    return float(mark)


def _tokens(count: str, question_id: str) -> float | None:
    """The tokens of an answer; None where the field is empty."""
    if not count:
        return None
    try:
        return float(count)
    except ValueError as error:
        raise ConfigError(
            f"question {question_id}: expected a number of tokens, got `{count}`"
        ) from error
