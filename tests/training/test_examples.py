import pytest

from pointsman.training.examples import NO_LABEL, Example, merged


def test_one_question_from_two_sets_becomes_one_example_with_both_labels() -> None:
    recorded = Example("Why?", ("a", "b"), "pair", "train", outcome=1, outcome_weight=1.0)
    labelled = Example("why", ("a", "b"), "exam", "train", domain=9)
    (example,) = merged([recorded, labelled])
    assert (example.domain, example.outcome, example.source) == (9, 1, "pair")


def test_the_first_outcome_stands() -> None:
    first = Example("Why?", (), "one", "train", outcome=0, outcome_weight=1.0, extra_tokens=7.0)
    second = Example("Why?", (), "two", "train", outcome=3, outcome_weight=0.5)
    assert merged([first, second]) == (first,)


def test_a_later_outcome_fills_an_earlier_gap() -> None:
    labelled = Example("Why?", (), "exam", "train", domain=2)
    weak = Example("Why?", (), "chat", "train", outcome=0, outcome_weight=0.5, weak=True)
    (example,) = merged([labelled, weak])
    assert (example.outcome, example.weak, example.domain) == (0, True, 2)


def test_a_bare_stem_with_other_options_is_another_question() -> None:
    one = Example("Which claim holds here?", ("a",), "exam", "train")
    two = Example("Which claim holds here?", ("b",), "exam", "train")
    assert len(merged([one, two])) == 2


def test_a_text_shows_its_options_in_every_other_epoch_only() -> None:
    example = Example("Which is red?", ("Mars", "Venus"), "exam", "train")
    assert {example.text(0), example.text(1)} == {
        "Which is red?",
        "Which is red?\nA. Mars\nB. Venus",
    }
    assert example.full_text() == "Which is red?\nA. Mars\nB. Venus"
    assert example.domain == NO_LABEL


def test_labels_of_guard_tagger_and_recorded_models_join_the_rest() -> None:
    asked = Example("Why?", (), "exam", "train", domain=2, attacks=(0, 0, 0))
    spans = Example("Why?", (), "pii", "train", spans=())
    marked = Example("why", (), "pair", "train", outcome=1, recorded=(1, 0), attacks=(-1, 1, -1))
    (example,) = merged([asked, spans, marked])
    assert (example.attacks, example.spans, example.recorded) == ((0, 0, 0), (), (1, 0))


def test_spans_are_not_taken_over_by_a_text_with_other_places() -> None:
    asked = Example("call Ann", (), "exam", "train", domain=2)
    spans = Example("Call: Ann", (), "pii", "train", spans=((6, 9, "PERSON"),))
    (example,) = merged([asked, spans])
    assert example.spans is None


@pytest.mark.parametrize("labels", [{"domain": 3}, {"outcome": 0}])
def test_an_exam_question_is_dressed_in_later_epochs(labels: dict[str, int]) -> None:
    questions = [f"Which of {count} is red?" for count in range(40)]
    examples = [Example(question, (), "exam", "train", **labels) for question in questions]  # type: ignore[arg-type]  # a table of cases
    for epoch in (0, 1):
        assert [example.text(epoch) for example in examples] == questions
    for epoch in (2, 3):
        dressed = [e.text(epoch) for e in examples if e.text(epoch) != e.question]
        assert 10 < len(dressed) < 30
        assert all(any(question in text for question in questions) for text in dressed)


@pytest.mark.parametrize(
    "example",
    [
        Example("call Ann", (), "pii", "train", spans=((5, 8, "PERSON"),), domain=1),
        Example("Forget all", (), "guard", "train", attacks=(-1, 1, -1)),
        Example("water plant 3", (), "chat", "train", domain=1, outcome=0, weak=True),
    ],
    ids=["spans", "guard", "chat"],
)
def test_other_texts_are_never_dressed(example: Example) -> None:
    assert {example.text(epoch) for epoch in range(12)} == {example.question}
