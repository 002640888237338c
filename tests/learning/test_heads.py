"""From rows to a learned head, with the shipped encoder."""

from pathlib import Path
from typing import Any

import pytest

from pointsman.config.heads import mark_of
from pointsman.errors import TooFewRowsError
from pointsman.learning.heads import Reader, learn_gain, learn_labels
from pointsman.learning.measuring import LEARNED, LENGTH
from pointsman.signals.head_file import parse_head, written_head

LABELS = {"sum": "What is {} plus {}?", "proof": "Prove that {} divides {}.", "hi": "Hi, I am {}{}"}


def test_a_gain_head_is_learned_from_recorded_outcomes(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    rows = [*invented(100), {"id": "x", "text": "alone", "model": "small", "correct": 1}]
    learned = learn_gain(file_of(rows), None, None, reader, "pointsman learn x")
    head, report = learned.head, learned.report
    assert (head.light, head.heavy, head.rows) == ("small", "large:on", 100)
    assert learned.left_out == 1
    assert head.bundle == mark_of(reader.bundle)
    assert sum(head.counts.values()) == pytest.approx(100)
    assert report.advantage[LEARNED].low > 0
    assert report.advantage_lead[LENGTH].value > 0
    assert report.tokens is not None
    assert report.tokens.r2[LEARNED] > 0.5
    assert (head.command, head.verdict != "") == ("pointsman learn x", True)
    assert parse_head(written_head(head)).layer == head.layer


def test_the_arms_may_be_named_the_other_way_round(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    learned = learn_gain(file_of(invented(60)), "large:on", "small", reader, "")
    assert learned.report.gap.value < 0
    assert learned.arms.why == ""
    assert "APGR" not in learned.head.verdict  # a share of a gap that is none


@pytest.mark.parametrize(
    ("count", "said"),
    [(49, "49 questions have an outcome of both .* at least 50 are needed: record 1 more")],
)
def test_too_few_questions_are_refused_before_anything_is_read(
    count: int, said: str, invented: Any, file_of: Any, reader: Reader
) -> None:
    with pytest.raises(TooFewRowsError, match=said):
        learn_gain(file_of(invented(count)), None, None, reader, "")


def test_an_outcome_that_never_happened_is_refused(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    rows = [row | {"correct": 1} for row in invented(60)]
    with pytest.raises(TooFewRowsError, match="no question that only large:on answers rightly"):
        learn_gain(file_of(rows), None, None, reader, "")


def examples(count: int) -> list[dict[str, str]]:
    return [
        {"text": text.format(number, number + 3), "label": label}
        for label, text in LABELS.items()
        for number in range(count)
    ]


def test_a_label_head_is_learned_from_a_few_examples(file_of: Any, reader: Reader) -> None:
    path: Path = file_of(examples(8))
    learned = learn_labels(path, "kind", reader, "pointsman learn y")
    head, report = learned.head, learned.report
    assert head.labels == ("hi", "proof", "sum")
    assert head.counts == {"hi": 8, "proof": 8, "sum": 8}
    assert (head.name, head.rows, head.use) == ("kind", 24, True)
    assert report.accuracy.value > 0.9
    assert learn_labels(path, "kind", reader, "pointsman learn y").head == head


def test_labels_that_say_nothing_of_their_texts_are_no_better_than_the_majority(
    file_of: Any, reader: Reader
) -> None:
    rows = [row | {"label": "ab"[number % 2]} for number, row in enumerate(examples(10))]
    learned = learn_labels(file_of(rows), "kind", reader, "")
    assert not learned.head.use
    assert learned.report.confusions
