"""Labelled examples."""

from typing import Any

import pytest

from pointsman.errors import ConfigError, TooFewRowsError
from pointsman.learning.labelled import Labelled, read_labelled


def rows(label: str, count: int) -> list[dict[str, Any]]:
    return [{"text": f"{label} {number}", "label": label} for number in range(count)]


def test_the_same_text_twice_is_one_example(file_of: Any) -> None:
    found = read_labelled(file_of([*rows("a", 5), *rows("b", 6), *rows("a", 5)]))
    assert len(found) == 11
    assert found[0] == Labelled("a 0", "a")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([*rows("a", 5), *rows("b", 4), *rows("c", 1)], "missing: b (1 more), c (4 more)"),
    ],
)
def test_a_label_with_too_few_examples_is_named(
    file_of: Any, given: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(TooFewRowsError) as refused:
        read_labelled(file_of(given))
    assert refused.value.message.endswith(said)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (rows("a", 9), "expected 2 to 50 labels, found 1 (a)"),
        ([], "expected 2 to 50 labels, found 0 (none)"),
        ([r for n in range(51) for r in rows(f"l{n}", 5)], "expected 2 to 50 labels, found 51"),
        ([{"label": "a"}], ":1: expected `text` or `messages`"),
        ([{"label": "", "text": "x"}], ":1: expected a label of printable characters"),
        ([{"label": "a\n", "text": "x"}], ":1: expected a label of printable characters"),
        (
            [{"label": "a", "text": "x"}, {"label": "b", "text": "x"}],
            ":2: the same text is labelled 'b' here and 'a' in line 1",
        ),
    ],
)
def test_wrong_examples_are_refused(file_of: Any, given: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_labelled(file_of(given))
    assert said in refused.value.message
