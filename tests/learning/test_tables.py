"""Tables of outcomes, learned with the shipped encoder."""

from typing import Any

import numpy as np
import pytest

from pointsman.errors import TooFewRowsError
from pointsman.learning import tables
from pointsman.learning.heads import Reader
from pointsman.learning.tables import KINDS, learn_table
from pointsman.signals.head_file import TableHead, parse_head, written_head


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_learned_and_beats_the_best_single_arm(
    kind: str, invented: Any, file_of: Any, reader: Reader
) -> None:
    learned = learn_table(file_of(invented(150)), kind, reader, "pointsman learn x")
    head, report = learned.head, learned.report
    assert [arm.name for arm in head.arms] == ["large:on", "small"]
    assert (head.rows, report.complete, head.command) == (150, 150, "pointsman learn x")
    assert report.error < report.error_of_means
    assert report.oracle >= report.chosen.value
    # Towns are for the small arm, proofs for the large one.
    assert report.lead.low > 0
    assert head.use
    assert "use it" in head.verdict
    again = parse_head(written_head(head))
    assert isinstance(again, TableHead)
    assert again.arms == head.arms


def test_a_cluster_table_brings_the_map_to_its_labels(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    head = learn_table(file_of(invented(60)), "cluster", reader, "").head
    assert head.layer is not None
    assert head.layer.outputs == len(head.labels) == 8
    assert head.layer.inputs == reader.bundle.manifest.embedding.size


def test_answers_without_tokens_leave_the_tokens_of_that_arm_out(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    rows = invented(60)
    del rows[0]["tokens"]
    large, small = learn_table(file_of(rows), "category", reader, "").head.arms
    assert small.tokens == {}
    assert set(large.tokens) == set(large.p_correct)


def test_arms_that_answered_different_questions_are_compared_where_both_have(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    rows = [row for row in invented(80) if row["model"] == "large" or row["id"] < 60]
    report = learn_table(file_of(rows), "category", reader, "").report
    assert (report.questions, report.complete) == (80, 60)


def test_where_nothing_can_be_foreseen_the_verdict_says_so(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    random = np.random.default_rng(0)
    rows = [row | {"correct": int(random.random() < 0.5)} for row in invented(80)]
    head = learn_table(file_of(rows), "category", reader, "").head
    assert "wins no answers" in head.verdict or "keep `choose: gain`" in head.verdict


@pytest.mark.parametrize("rows", [49, 60])
def test_too_few_questions_or_arms_are_refused(
    rows: int, invented: Any, file_of: Any, reader: Reader
) -> None:
    kept = [row for row in invented(rows) if rows < 50 or row["model"] == "small"]
    with pytest.raises(TooFewRowsError, match="at least 50 questions and two arms"):
        learn_table(file_of(kept), "category", reader, "")


def test_a_labels_share_is_drawn_to_the_whole_and_what_is_missing_left_out() -> None:
    weights = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    values = np.array([[1.0], [np.nan], [0.0]])
    shares = tables._shares(weights, values, 1.0)
    assert shares[:, 0] == pytest.approx([(1 + 0.5) / 2, (0 + 0.5) / 2])


def test_a_table_is_the_same_each_time(invented: Any, file_of: Any, reader: Reader) -> None:
    path = file_of(invented(60))
    first, second = (written_head(learn_table(path, "cluster", reader, "").head) for _ in "ab")
    assert first == second
