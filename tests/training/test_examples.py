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
