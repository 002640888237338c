"""Which questions are scored, and which the tables per category are learned from."""

import gzip
import json
from pathlib import Path

import pytest

from pointsman.errors import ConfigError
from pointsman.evaluation.replay.files import Tables
from pointsman.evaluation.replay.pairs import CHOICE_PAIRS, MODE_PAIRS, Pair
from pointsman.evaluation.replay.rows import Recorded, read_recorded
from pointsman.statistics.halves import Half, recorded_side, stem_of

MODE, MATH = MODE_PAIRS
*_, MMLU, GSM8K = CHOICE_PAIRS


def _read(folder: Path, pair: Pair, half: Half | None = None, limit: int | None = None) -> Recorded:
    (found,), _ = read_recorded(Tables(folder), [pair], half, limit)
    return found


def test_a_question_is_read_as_a_client_would_send_it(recorded: Path) -> None:
    first = _read(recorded, MODE).scored[0]
    assert first.text.endswith("divide it by 2.\nA. the first\nB. the second\nC. all of them")
    assert first.asked.stem == stem_of(first.text.split("\n")[0])
    assert (first.asked.category, first.asked.domain) == ("math", "math")
    assert (first.light.tokens, first.heavy.tokens) == (5, 305)


def test_a_prompt_with_options_stays_as_it_is_and_its_stem_is_the_questions(recorded: Path) -> None:
    question = _read(recorded, MMLU).scored[1]
    assert question.text == "Is claim 1 true?\nA. yes\nB. no"
    assert question.asked.stem == stem_of("Is claim 1 true?")
    assert (question.asked.category, question.asked.domain) == ("astronomy", "physics")
    assert (question.light.right, question.heavy.right) == (0.0, 1.0)


@pytest.mark.parametrize(("pair", "known"), [(MODE, True), (GSM8K, True), (MMLU, False)])
def test_tokens_are_known_or_not(pair: Pair, known: bool, recorded: Path) -> None:  # noqa: FBT001
    assert _read(recorded, pair).has_tokens is known


def test_the_hidden_tokens_of_a_reasoning_model_are_not_taken_for_its_visible_ones(
    recorded: Path,
) -> None:
    assert not _read(recorded, MATH).has_tokens


def test_a_question_that_one_model_has_not_answered_is_left_out_and_counted(recorded: Path) -> None:
    path = recorded / "mmlu_pro_outcomes.csv.gz"
    header, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    kept = [line for line in lines if not line.startswith(("math-2,jamba", "law-3,gpt"))]
    path.write_bytes(gzip.compress("\n".join([header, *kept]).encode()))
    found = _read(recorded, MODE)
    assert (len(found.scored), found.unanswered) == (34, 2)


def test_a_half_holds_what_training_never_saw_and_tables_learn_from_the_rest(
    recorded: Path,
) -> None:
    held_out = ["Factor 1 + 1x.", "Factor 2 + 2x.", "Factor 3 + 3x.", "Factor 4 + 4x."]
    (recorded.parent / "domain").mkdir()
    lines = "".join(json.dumps({"text": text}) + "\n" for text in held_out)
    (recorded.parent / "domain" / "dev.jsonl").write_text(lines)
    found = _read(recorded, MATH, "report")
    sides = {
        q.text: recorded_side(q.asked.stem, held_out=q.text in held_out)
        for q in (*found.scored, *found.known)
    }
    assert len(sides) == 30
    assert all(sides[question.text] == "report" for question in found.scored)
    assert all(sides[question.text] != "report" for question in found.known)
    assert not found.crossed
    assert any(question.text in held_out for question in found.scored)


def test_without_a_half_all_are_scored_and_all_are_learned_from(recorded: Path) -> None:
    found = _read(recorded, MATH)
    assert found.crossed
    assert found.known == found.scored


def test_a_limit_spreads_over_all_questions_and_leaves_the_tables_as_they_are(
    recorded: Path,
) -> None:
    whole, some = _read(recorded, MODE), _read(recorded, MODE, limit=9)
    assert len(some.scored) == 9
    assert some.known == whole.known
    assert [q for q in whole.scored if q in some.scored] == list(some.scored)
    assert len({question.asked.category for question in some.scored}) > 1
    assert _read(recorded, MODE, limit=99).scored == whole.scored


def test_what_is_missing_is_left_out_with_a_note(recorded: Path) -> None:
    (recorded / "routellm_mmlu.csv.gz").unlink()
    found, notes = read_recorded(Tables(recorded), CHOICE_PAIRS, None, None)
    assert [each.pair for each in found] == [CHOICE_PAIRS[0], GSM8K]
    assert len(notes) == 3  # two pairs whose models have not answered, and the table
    assert any("routellm_mmlu.csv.gz: left out mmlu:mixtral_8x7b" in note for note in notes)
    assert any(CHOICE_PAIRS[2].name in note for note in notes)


def test_missing_dev_files_are_noted(recorded: Path) -> None:
    _, notes = read_recorded(Tables(recorded), [MODE], "report", None)
    assert "domain/dev" in notes[0]


def test_nothing_to_be_scored_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to be scored"):
        read_recorded(Tables(tmp_path), [MODE], None, None)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("mmlu_pro_questions", '""the first""', "first", "question math-2: options_json"),
        ("mmlu_pro_outcomes", "math-2,jamba-1.5-large,A,9,0", "math-2,jamba-1.5-large,A,9,yes",
         "expected a mark of 0 or 1, got `yes`"),
        ("mmlu_pro_outcomes", ",0,5\r", ",0,few\r", "expected a number of tokens, got `few`"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_its_question(
    table: str, old: str, new: str, said: str, recorded: Path
) -> None:
    path = recorded / f"{table}.csv.gz"
    content = gzip.decompress(path.read_bytes()).decode()
    assert old in content
    path.write_bytes(gzip.compress(content.replace(old, new).encode()))
    with pytest.raises(ConfigError, match=said):
        _read(recorded, MODE)


def test_an_unknown_subject_is_told(recorded: Path) -> None:
    path = recorded / "routellm_mmlu.csv.gz"
    content = gzip.decompress(path.read_bytes()).replace(b"astronomy", b"astrology")
    path.write_bytes(gzip.compress(content))
    with pytest.raises(ConfigError, match="`astrology` is no subject"):
        _read(recorded, MMLU)
