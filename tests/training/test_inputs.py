"""Word pieces and their tags, with the tiny tokenizer: one piece for each letter."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from pointsman.training.examples import NO_LABEL, Example, Span
from pointsman.training.inputs import Input, inputs, padded, tags_of
from pointsman.training.manifest import MAX_TOKENS
from pointsman.training.stock import Stock
from pointsman.training.weights import TAGS

CLS, SEP = 2, 3


@pytest.fixture
def tokenizer(tiny_stock: Stock) -> Tokenizer:
    return Tokenizer.from_str(tiny_stock.tokenizer_json.decode())


def fed(tokenizer: Tokenizer, example: Example, form: int = 0, max_tokens: int = 128) -> Input:
    (found,) = inputs(tokenizer, [example], form, max_tokens)
    return found


def names(found: Input) -> list[str]:
    return [TAGS[tag] if tag != NO_LABEL else "?" for tag in found.tags.tolist()]


def with_spans(question: str, *spans: Span) -> Example:
    return Example(question, (), "s", "train", spans=spans)


def test_a_span_begins_once_and_goes_on_and_the_added_pieces_are_not_tagged(
    tokenizer: Tokenizer,
) -> None:
    found = fed(tokenizer, with_spans("go al b, ok", (3, 7, "PERSON")))
    assert names(found) == [
        "?", "O", "O", "B-PERSON", "I-PERSON", "I-PERSON", "O", "O", "O", "?",
    ]  # fmt: skip
    assert (found.pieces[0], found.pieces[-1]) == (CLS, SEP)


def test_a_span_at_the_very_beginning_begins_after_the_added_piece(tokenizer: Tokenizer) -> None:
    assert names(fed(tokenizer, with_spans("al", (0, 2, "PERSON")))) == [
        "?", "B-PERSON", "I-PERSON", "?",
    ]  # fmt: skip


@pytest.mark.parametrize("second", ["PERSON", "AGE"])
def test_of_two_spans_that_touch_each_begins(tokenizer: Tokenizer, second: str) -> None:
    found = fed(tokenizer, with_spans("abcd", (2, 4, second), (0, 2, "PERSON")))
    assert names(found)[1:-1] == ["B-PERSON", "I-PERSON", f"B-{second}", f"I-{second}"]


def test_a_type_without_a_tag_is_outside(tokenizer: Tokenizer) -> None:
    assert set(names(fed(tokenizer, with_spans("abcd", (0, 2, "SHOE_SIZE"))))) == {"?", "O"}


def test_a_text_without_personal_data_is_outside_and_one_that_nobody_looked_at_is_unknown(
    tokenizer: Tokenizer,
) -> None:
    assert names(fed(tokenizer, with_spans("ab"))) == ["?", "O", "O", "?"]
    unknown = Example("ab", (), "s", "train", attacks=(0, 0, 0))
    assert names(fed(tokenizer, unknown)) == ["?"] * 4


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 6), ["B", "I", "O"]),
        ((0, 4), ["B", "I", "O"]),  # ends inside of the second piece
        ((2, 6), ["B", "I", "O"]),  # begins inside of the first piece
        ((4, 6), ["O", "B", "O"]),
        ((7, 9), ["O", "O", "B"]),
        ((6, 7), ["O", "O", "O"]),  # the space between two words
    ],
)
def test_a_piece_belongs_to_a_span_that_it_overlaps(
    span: tuple[int, int], expected: list[str]
) -> None:
    tags = tags_of([(0, 3), (3, 6), (7, 9)], [(*span, "PERSON")])
    assert [TAGS[tag][0] for tag in tags] == expected


def long_text(count: int) -> str:
    """A text of that many pieces, none like its neighbours."""
    return "".join("abcdefghijklmnopqrstuvwxyz0123456789"[at % 36] + " " for at in range(count))


def test_a_guards_long_text_keeps_its_first_window_and_in_odd_forms_its_last(
    tokenizer: Tokenizer,
) -> None:
    example = Example(long_text(400), (), "s", "train", attacks=(0, 0, 0))
    whole = tokenizer.encode(example.question).ids
    first, last = (fed(tokenizer, example, form, 16).pieces.tolist() for form in (0, 1))
    assert first == [*whole[: MAX_TOKENS - 1], SEP]
    assert last == [CLS, *whole[-MAX_TOKENS + 1 :]]
    assert len(first) == len(last) == MAX_TOKENS


def test_tags_are_cut_with_their_pieces(tokenizer: Tokenizer) -> None:
    text = long_text(400)
    example = with_spans(text, (0, 1, "PERSON"), (len(text) - 2, len(text) - 1, "AGE"))
    first, last = (names(fed(tokenizer, example, form)) for form in (0, 1))
    assert (first[1], first.count("O")) == ("B-PERSON", MAX_TOKENS - 3)
    assert (last[-2], last.count("O")) == ("B-AGE", MAX_TOKENS - 3)


@pytest.mark.parametrize("labels", [{"domain": 3}, {"outcome": 0, "attacks": (0, 0, 0)}])
def test_a_long_question_loses_its_middle(tokenizer: Tokenizer, labels: dict[str, int]) -> None:
    example = Example(long_text(400), (), "s", "train", **labels)  # type: ignore[arg-type]  # a table of cases
    whole = tokenizer.encode(example.question).ids
    for form in (0, 1):
        assert fed(tokenizer, example, form, 16).pieces.tolist() == [*whole[:8], *whole[-8:]]


def test_a_text_of_just_a_windows_width_stays_whole(tokenizer: Tokenizer) -> None:
    example = Example(long_text(MAX_TOKENS - 2), (), "s", "train", attacks=(0, 0, 0))
    whole = tokenizer.encode(example.question).ids
    assert fed(tokenizer, example).pieces.tolist() == whole
    assert len(whole) == MAX_TOKENS


def test_a_batch_is_padded_with_nothing_to_read_and_nothing_to_learn() -> None:
    long, short = (np.arange(1, 1 + length) for length in (3, 1))
    batch = [Input(part.astype(np.int32), part.astype(np.int16)) for part in (long, short)]
    ids, mask, tags = padded(batch)
    assert ids.tolist() == [[1, 2, 3], [1, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert tags.tolist() == [[1, 2, 3], [1, NO_LABEL, NO_LABEL]]
