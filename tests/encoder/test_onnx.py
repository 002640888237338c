"""The shipped encoder: nothing here asks how good its scores are, only that they are scores."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsman.encoder.bundle import Bundle, MeasureHead, ScoresHead
from pointsman.encoder.encoding import Encoding
from pointsman.encoder.onnx import OnnxEncoder, _measure, _probabilities
from pointsman.errors import BundleError

TEXTS = [
    "",
    " \n\t",
    "\0",
    "Why is the sky blue?",
    "为什么天空是蓝色的?",
    "😀" * 20,
    "ß" * 3000,
    "word " * 20_000,
    "x" * 500_000,
]


def check(encoding: Encoding, bundle: Bundle) -> None:
    assert {name: set(scores) for name, scores in encoding.scores.items()} == {
        name: set(labels) for name, labels in bundle.labels().items()
    }
    for scores in encoding.scores.values():
        assert sum(scores.values()) == pytest.approx(1)
        assert all(0 <= p <= 1 for p in scores.values())
    assert set(encoding.measures) == {
        head.name for head in bundle.manifest.heads if isinstance(head, MeasureHead)
    }
    assert all(np.isfinite(value) and value >= 0 for value in encoding.measures.values())
    assert encoding.embedding.shape == (bundle.manifest.embedding.size,)
    assert np.linalg.norm(encoding.embedding) == pytest.approx(1, abs=1e-3)
    assert 0 <= encoding.tokens <= bundle.manifest.max_tokens - 2


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text[:8]!r}x{len(text)}")
def test_any_text_gives_probabilities_that_sum_to_1(text: str, encoder: OnnxEncoder) -> None:
    check(encoder.encode(text), encoder.bundle)


@settings(max_examples=25)
@given(text=st.text(max_size=300))
def test_whatever_is_said_gives_probabilities(text: str, encoder: OnnxEncoder) -> None:
    check(encoder.encode(text), encoder.bundle)


def test_the_same_text_gives_the_same_encoding(encoder: OnnxEncoder) -> None:
    one, other = (encoder.encode("Prove that there are infinitely many primes.") for _ in "ab")
    assert (one.scores, one.measures, one.tokens) == (other.scores, other.measures, other.tokens)
    assert np.array_equal(one.embedding, other.embedding)


def test_a_text_without_words_has_no_tokens(encoder: OnnxEncoder) -> None:
    assert encoder.encode("").tokens == 0
    assert not encoder.encode("").truncated


def test_of_a_long_text_the_first_and_the_last_half_are_read(encoder: OnnxEncoder) -> None:
    half = (encoder.bundle.manifest.max_tokens - 2) // 2
    head, tail = "alpha " * half, "omega " * half
    ids, cut = encoder.tokenize(head + "beta " * 5 + tail)
    assert cut
    assert np.array_equal(ids, encoder.tokenize(head + "gamma " * 9 + tail)[0])
    whole, uncut = encoder.tokenize(head + tail)
    assert not uncut
    assert np.array_equal(ids, whole)


def test_what_lies_in_the_middle_of_a_very_long_text_costs_nothing(encoder: OnnxEncoder) -> None:
    half = (encoder.bundle.manifest.max_tokens - 2) // 2
    head, tail = "alpha " * 8 * half, "omega " * 8 * half
    ids, cut = encoder.tokenize(head + "\0" * 5_000_000 + tail)
    assert cut
    assert ids.shape == (1, 2 * half + 2)
    assert np.array_equal(ids, encoder.tokenize(head + tail)[0])


def test_one_word_that_is_longer_than_the_window_is_still_read(encoder: OnnxEncoder) -> None:
    encoding = encoder.encode("a" * 1_000_000)
    assert encoding.truncated
    assert encoding.tokens >= 1


def test_several_threads_within_one_pass_read_the_same(
    bundle: Bundle, encoder: OnnxEncoder
) -> None:
    text = "How long does a letter to Ulan Bator take?"
    other = OnnxEncoder(bundle, intra_threads=2).encode(text)
    for name, scores in encoder.encode(text).scores.items():
        assert other.scores[name] == pytest.approx(scores, abs=1e-4)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_probabilities_are_the_softmax_of_logits_by_temperature(temperature: float) -> None:
    head = ScoresHead("x", "x", ("a", "b"), temperature)
    found = _probabilities(head, np.array([1.0, 3.0], np.float32))
    odds = np.exp(2 / temperature)
    assert found == pytest.approx({"a": 1 / (1 + odds), "b": odds / (1 + odds)})


def test_huge_logits_overflow_nothing() -> None:
    head = ScoresHead("x", "x", ("a", "b", "c"))
    found = _probabilities(head, np.array([1e30, -1e30, 1e30], np.float32))
    assert found == {"a": 0.5, "b": 0.0, "c": 0.5}


@pytest.mark.parametrize(
    ("head", "output", "value"),
    [
        (MeasureHead("x", "x"), 2.5, 2.5),
        (MeasureHead("x", "x"), -2.5, 0.0),
        (MeasureHead("x", "x", smear=2.0), 2.5, 5.0),
        (MeasureHead("x", "x", "log1p"), 0.0, 0.0),
        (MeasureHead("x", "x", "log1p", 1.5), float(np.log1p(100)), 150.0),
        (MeasureHead("x", "x", "log1p"), -3.0, 0.0),
        (MeasureHead("x", "x", "log1p"), 1e30, float(np.expm1(14))),
    ],
)
def test_a_measure_is_in_the_unit_of_its_name(
    head: MeasureHead, output: float, value: float
) -> None:
    assert _measure(head, output) == pytest.approx(value)


def changed(bundle: Bundle, **changes: Any) -> Bundle:
    return Bundle(bundle.path, msgspec.structs.replace(bundle.manifest, **changes))


@pytest.mark.parametrize("kind", ["graph", "tokenizer"])
@pytest.mark.parametrize("content", [b"", b"not what it should be", b"{}"])
def test_a_file_that_cannot_be_read_is_a_bundle_error(
    kind: str, content: bytes, bundle: Bundle, tmp_path: Path
) -> None:
    file = tmp_path / "wrong"
    file.write_bytes(content)
    with pytest.raises(BundleError, match="cannot be loaded"):
        OnnxEncoder(changed(bundle, **{kind: str(file)}))


def _renamed(heads: tuple[ScoresHead | MeasureHead, ...]) -> tuple[ScoresHead | MeasureHead, ...]:
    return (msgspec.structs.replace(heads[0], output="nowhere"), *heads[1:])


def _mislabelled(
    heads: tuple[ScoresHead | MeasureHead, ...],
) -> tuple[ScoresHead | MeasureHead, ...]:
    first = next(head for head in heads if isinstance(head, ScoresHead))
    return (msgspec.structs.replace(first, labels=(*first.labels, "extra")),)


def _measured(heads: tuple[ScoresHead | MeasureHead, ...]) -> tuple[ScoresHead | MeasureHead, ...]:
    return (MeasureHead("extra_tokens", heads[0].output),)


Change = Callable[[tuple[ScoresHead | MeasureHead, ...]], tuple[ScoresHead | MeasureHead, ...]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_renamed, "the graph lacks the outputs nowhere"),
        (_mislabelled, "values, manifest.json speaks of"),
        (_measured, "values, manifest.json speaks of 1"),
    ],
)
def test_a_manifest_that_does_not_fit_its_graph_is_a_bundle_error(
    change: Change, message: str, bundle: Bundle
) -> None:
    with pytest.raises(BundleError, match=message):
        OnnxEncoder(changed(bundle, heads=change(bundle.manifest.heads)))
