"""The file of a learned head."""

import base64
import re
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.features import FeatureGroup
from pointsman.signals.head_file import (
    BundleMark,
    GainHead,
    Head,
    LabelHead,
    Layer,
    Linear,
    layer_of,
    parse_head,
    written_head,
)
from pointsman.signals.outcome import OUTCOMES

LABELS = LabelHead(
    format=1,
    name="ticket",
    labels=("refund", "other"),
    bundle=BundleMark("minilm", "1", "ab" * 32),
    features=(FeatureGroup("embedding", 3),),
    layer=layer_of(Linear(np.arange(6.0).reshape(3, 2), np.array([0.5, -0.5]))),
    temperature=0.9,
    counts={"refund": 8, "other": 9},
    rows=17,
    use=True,
    verdict="right",
    report={"accuracy": 1},
    command="pointsman learn",
)
GAIN = GainHead(
    **(
        msgspec.structs.asdict(LABELS)
        | {
            "name": "gain",
            "labels": OUTCOMES,
            "layer": layer_of(Linear(np.zeros((3, 4)), np.zeros(4))),
            "tokens": layer_of(Linear(np.zeros((3, 1)), np.zeros(1))),
            "light": "small",
            "heavy": "large:on",
        }
    )
)


def changed(head: Head, **fields: Any) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(written_head(head)) | fields)


@pytest.mark.parametrize("head", [LABELS, GAIN])
def test_a_head_that_was_written_is_read_again(head: Head) -> None:
    assert parse_head(written_head(head)) == head


@given(
    st.lists(st.floats(-100, 100, width=32), min_size=6, max_size=6),
    st.lists(st.floats(-100, 100), min_size=2, max_size=2),
)
def test_a_layer_keeps_its_numbers(weights: list[float], bias: list[float]) -> None:
    linear = Linear(np.array(weights).reshape(3, 2), np.array(bias))
    again = layer_of(linear).linear()
    assert (again.weights == linear.weights).all()
    assert (again.bias == linear.bias).all()


def test_a_map_takes_one_row_or_many() -> None:
    linear = Linear(np.eye(2), np.array([1.0, 2.0]))
    assert linear(np.array([3.0, 4.0])).tolist() == [4, 6]
    assert linear(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[4, 6], [1, 2]]


def test_a_bundle_is_named_in_a_few_words() -> None:
    assert str(LABELS.bundle) == "minilm 1 (graph abababababab)"


_LAYER = msgspec.to_builtins(LABELS.layer)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "damaged or no learned head"),
        (b"\xff\xfe", "damaged or no learned head"),
        (b"[" * 100_000, "damaged or no learned head"),
        (b"{}", "missing required field `format`"),
        (b'{"format": 1}', "missing required field `kind`"),
        (written_head(LABELS)[:-20], "damaged or no learned head"),
        (changed(LABELS, format=2), "format 2 is not format 1"),
        (changed(LABELS, kind="spans"), "Invalid value 'spans'"),
        (changed(LABELS, surprise=1), "unknown field `surprise`"),
        (changed(LABELS, labels=["a", "a"]), "not all different"),
        (changed(LABELS, labels=["a", ""]), "one is empty"),
        (changed(LABELS, labels=["a"]), "expected 2 to 50 labels, got 1"),
        (changed(LABELS, labels=["a", "b", "c"]), "maps 3 numbers to 2, expected 3 to 3"),
        (changed(LABELS, features=[]), "expected 0 to 2"),
        (changed(LABELS, temperature=0), "must be positive"),
        (changed(GAIN, smear=-1), "must be positive"),
        (changed(GAIN, unit=0), "must be positive"),
        (changed(GAIN, labels=[*OUTCOMES[1:], "both"]), "expected the labels both, heavy_only"),
        (changed(GAIN, tokens=_LAYER), "`tokens` maps 3 numbers to 2, expected 3 to 1"),
        (changed(LABELS, layer=_LAYER | {"weights": "!"}), "no base64"),
        (changed(LABELS, layer=_LAYER | {"weights": ""}), "expected 24 bytes of weights"),
        (changed(LABELS, layer=_LAYER | {"bias": [1.0]}), "and 2 of bias, got 24 and 1"),
        (
            changed(
                LABELS,
                layer=_LAYER
                | {"weights": base64.b64encode(np.full(6, np.nan, "<f4").tobytes()).decode()},
            ),
            "not all finite",
        ),
    ],
)
def test_a_damaged_head_is_refused_and_says_why(raw: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_head(raw)


def test_a_gain_head_may_leave_the_tokens_to_the_shipped_head() -> None:
    head = parse_head(changed(GAIN, tokens=None))
    assert isinstance(head, GainHead)
    assert head.tokens is None


def test_a_layer_says_its_size() -> None:
    assert (LABELS.layer.inputs, LABELS.layer.outputs) == (3, 2)
    assert isinstance(LABELS.layer, Layer)
