"""Prompts of exact length."""

import json

import pytest

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.evaluation.texts import MARKS, body_of, text_of


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(load_bundle())


@pytest.mark.parametrize("pieces", [1, 2, 14, 62, 126, 254])
def test_a_text_has_exactly_the_word_pieces_asked_for(encoder: OnnxEncoder, pieces: int) -> None:
    for seed in range(5):
        text = text_of(pieces, lambda word: encoder.pieces.judged(word).count, seed)
        found = encoder.pieces.judged(text)
        assert found.count == pieces
        assert found.ids.size == pieces + MARKS
        assert not found.cut


def test_a_text_is_the_same_for_the_same_seed_and_differs_between_seeds() -> None:
    texts = [text_of(126, lambda _: 1, seed) for seed in (1, 1, *range(2, 50))]
    assert texts[0] == texts[1]
    assert len(set(texts)) == len(texts) - 1


def test_each_word_is_counted_once() -> None:
    counted: list[str] = []

    def count(word: str) -> int:
        counted.append(word)
        return 1

    text_of(2000, count)
    assert len(counted) == len(set(counted))


def test_a_body_is_a_chat_request_that_asks_for_auto() -> None:
    request = json.loads(body_of("Why?"))
    assert request["model"] == "auto"
    assert request["messages"][-1] == {"role": "user", "content": "Why?"}
