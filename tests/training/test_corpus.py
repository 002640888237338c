from pathlib import Path

import pytest

from pointsman.errors import ConfigError
from pointsman.training.corpus import INVENTED, read_corpus
from pointsman.training.examples import NO_LABEL
from pointsman.training.questions import stem_of
from pointsman.training.weights import DOMAINS, OUTCOMES


def test_no_trained_stem_is_on_another_side(data_folder: Path) -> None:
    corpus = read_corpus(data_folder)
    trained = {example.stem for example in corpus.on("train")}
    held = {example.stem for example in (*corpus.on("choose"), *corpus.on("report"))}
    assert trained
    assert held
    assert not trained & held


def test_questions_of_every_dev_file_are_held_out(data_folder: Path) -> None:
    trained = {example.stem for example in read_corpus(data_folder).on("train")}
    for text in (
        "Which of 0 stones sinks first?",
        "How many legs have 0 spiders together?",
        "How many legs have 1 spiders together?",
    ):
        assert stem_of(text) not in trained


def test_an_exam_question_carries_domain_outcome_and_tokens(data_folder: Path) -> None:
    (example,) = (
        example
        for example in read_corpus(data_folder).on("train")
        if example.question == "How many legs have 12 spiders together?"
    )
    assert DOMAINS[example.domain] == "biology"
    assert OUTCOMES[example.outcome] == "heavy_only"
    assert example.extra_tokens == 8.0
    assert not example.weak


def test_a_shorter_heavy_answer_adds_no_tokens(data_folder: Path) -> None:
    tokens = {
        example.extra_tokens
        for example in read_corpus(data_folder).examples
        if example.question == "How many legs have 2 spiders together?"
    }
    assert tokens == {0.0}


def test_chat_is_weakly_light_and_counted_apart(data_folder: Path) -> None:
    corpus = read_corpus(data_folder)
    chat = [example for example in corpus.examples if example.source == "clinc150"]
    assert len(chat) == 6
    for example in chat:
        assert example.weak
        assert OUTCOMES[example.outcome] == "both"
        assert (example.outcome_weight, example.extra_tokens) == (0.5, 0.0)
    invented = [example for example in corpus.examples if example.source == INVENTED]
    assert all(example.weak and example.side == "train" for example in invented)
    assert corpus.row_counts()["train/outcome, weak"] == len(chat) + len(invented)
    assert corpus.row_counts()["report/outcome, weak"] == 0


def test_pairs_whose_lengths_say_nothing_of_reasoning_train_no_tokens(data_folder: Path) -> None:
    others = [
        example
        for example in read_corpus(data_folder).examples
        if example.source.startswith(("math_l5", "gsm8k", "mmlu:"))
    ]
    assert {OUTCOMES[example.outcome] for example in others} == {"heavy_only", "light_only"}
    assert all(example.extra_tokens is None for example in others)
    (planet,) = (example for example in others if example.source.startswith("mmlu:"))
    assert planet.options == ("Mars", "Venus", "Earth", "Saturn")
    assert planet.domain == NO_LABEL


def test_every_file_read_is_named_with_its_hash(data_folder: Path) -> None:
    files = read_corpus(data_folder).files
    assert "outcomes/mmlu_pro_outcomes.csv.gz" in files
    assert len(files) == 10
    assert all(len(digest) == 64 for digest in files.values())


def test_a_missing_file_is_named_with_the_mend(data_folder: Path) -> None:
    (data_folder / "domain/dev.jsonl.gz").unlink()
    with pytest.raises(ConfigError, match=r"holds no domain/dev.jsonl.gz: give the folder"):
        read_corpus(data_folder)
