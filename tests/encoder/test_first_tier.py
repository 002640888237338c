"""The first tier: a look-up, what it says alone, and when that is enough."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pointsman.encoder.first_tier import (
    Answer,
    FirstTier,
    Gate,
    TierHead,
    TierNote,
    features,
    tier_contradictions,
)

BUCKETS = 32
DOMAIN = TierHead("domain", 0, ("math", "law"), (1.0, 1.0), (0.0, 0.0))
ATTACKS = TierHead("attacks", 2, ("jailbreak", "harmful"), (1.0, 2.0), (0.0, 1.0), "flags")
TOKENS = TierHead("extra_tokens", 4, ("extra_tokens",), (0.5,), (1.0,), "log1p")
NOTE = TierNote("tier.bin", BUCKETS, 5, (DOMAIN, ATTACKS, TOKENS))

Make = Callable[..., FirstTier]


def pieces(*ids: int) -> NDArray[np.int32]:
    return np.array(ids, np.int32)


def a_gate(head: str, side: Literal["above", "below"], bound: float, label: str = "") -> Gate:
    return Gate(head, side, bound, lost_max=0.01, rows=300, share=0.3, label=label)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Build a first tier with a table of this one value, or with one made of it."""

    def build(
        table: Any = 0,
        *,
        scale: float = 1.0,
        bias: tuple[float, ...] = (0.0,) * 5,
        gates: tuple[Gate, ...] = (),
    ) -> FirstTier:
        rows = np.broadcast_to(np.array(table, np.int8), (BUCKETS, 5))
        floats = np.array([*[scale] * 5, *bias], "<f4")
        path = tmp_path / "tier.bin"
        path.write_bytes(np.ascontiguousarray(rows).tobytes() + floats.tobytes())
        return FirstTier(msgspec.structs.replace(NOTE, gates=gates), path)

    return build


_ids = st.lists(st.integers(0, 60_000), max_size=300)


@given(_ids, st.integers(1, 1 << 20))
def test_features_are_distinct_buckets_in_order(ids: list[int], buckets: int) -> None:
    found = features(pieces(*ids), buckets)
    assert found.dtype == np.int64
    assert (np.diff(found) > 0).all()
    assert all(0 <= bucket < buckets for bucket in found)
    assert len(found) <= max(0, 2 * len(ids) - 1)
    assert np.array_equal(found, features(pieces(*ids), buckets))


def test_these_are_the_features_whatever_machine_it_is() -> None:
    # The shipped table was made with these: another hash would read noise.
    assert features(pieces(), 65_536).tolist() == []
    assert features(pieces(2023, 2003, 1037, 3231), 65_536).tolist() == [
        1906, 2685, 14155, 21176, 27801, 37280, 47803,
    ]  # fmt: skip


def test_neighbours_are_features_and_their_order_counts() -> None:
    one, other = (set(features(pieces(*ids), 1 << 20).tolist()) for ids in [(1, 2, 3), (3, 2, 1)])
    single = {int(features(pieces(n), 1 << 20)[0]) for n in (1, 2, 3)}
    assert single < one
    assert single < other
    assert one & other == single
    assert len(one) == len(other) == 5


def test_what_is_said_twice_counts_once() -> None:
    once = features(pieces(5, 6, 5), BUCKETS)
    assert np.array_equal(once, features(pieces(5, 6, 5, 6, 5, 6, 5), BUCKETS))


def test_logits_are_the_sum_of_rows_over_the_root_of_their_number(make: Make) -> None:
    tier = make([1, 2, 3, 4, -5], scale=0.5, bias=(0.0, 0.0, 0.0, 0.0, 9.0))
    ids = pieces(4, 9, 11)
    rows = len(features(ids, BUCKETS))
    expected = np.array([1, 2, 3, 4, -5]) * 0.5 * rows**0.5 + np.array([0, 0, 0, 0, 9])
    assert tier.logits(ids) == pytest.approx(expected, rel=1e-6)
    assert tier.logits(ids).dtype == np.float32


def test_rows_add_up_beyond_what_a_byte_holds(make: Make) -> None:
    tier = make(127)
    ids = pieces(*range(200))
    rows = len(features(ids, BUCKETS))
    assert rows > 4
    assert tier.logits(ids) == pytest.approx(np.full(5, 127 * rows**0.5), rel=1e-6)


def test_of_a_text_without_pieces_it_says_what_is_usual(make: Make) -> None:
    tier = make(7, bias=(1.0, 2.0, 3.0, 4.0, 5.0))
    assert tier.logits(pieces()).tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_head_has_its_columns(make: Make) -> None:
    logits = np.arange(5, dtype=np.float32)
    tier = make()
    found = [tier.columns(name, logits) for name in ("domain", "attacks", "extra_tokens")]
    assert [None if one is None else one.tolist() for one in found] == [[0, 1], [2, 3], [4]]
    assert tier.columns("pii", logits) is None


def test_alone_it_says_what_each_kind_of_head_means(make: Make) -> None:
    logits = np.array([0.0, np.log(3), 0.0, -0.5, 2 * np.log(11) - 2], np.float32)
    answer = make().alone(logits, ["domain", "attacks", "extra_tokens", "pii"])
    assert set(answer.scores) == {"domain", "attacks"}
    assert answer.scores["domain"] == pytest.approx({"math": 0.25, "law": 0.75})
    assert answer.scores["attacks"] == pytest.approx({"jailbreak": 0.5, "harmful": 0.5})
    assert answer.measures == pytest.approx({"extra_tokens": 10.0}, rel=1e-5)
    assert make().alone(logits, ["pii"]) == Answer({}, {})
    assert set(make().alone(logits, ["attacks"]).scores) == {"attacks"}


@pytest.mark.parametrize("extreme", [1e30, -1e30])
def test_no_logit_overflows(extreme: float, make: Make) -> None:
    logits = np.full(5, extreme, np.float32)
    answer = make().alone(logits, ["domain", "attacks", "extra_tokens"])
    assert answer.scores["domain"] == {"math": 0.5, "law": 0.5}
    assert set(answer.scores["attacks"].values()) == {1.0 if extreme > 0 else 0.0}
    top = float(np.expm1(14)) if extreme > 0 else 0.0
    assert answer.measures == {"extra_tokens": pytest.approx(top)}


SURE = np.array([0.0, np.log(9), -4.0, -4.0, 1.0], np.float32)  # law: 0.9
# p(jailbreak) = sigmoid(-4) = 0.018, p(harmful) = sigmoid(2 * -4 + 1) = 0.0009


@pytest.mark.parametrize(
    ("gates", "heads", "certain"),
    [
        # Above: the top label, whichever it is.
        ([a_gate("domain", "above", 0.89)], ["domain"], True),
        ([a_gate("domain", "above", 0.91)], ["domain"], False),
        # Below: all labels, or the one named.
        ([a_gate("attacks", "below", 0.02)], ["attacks"], True),
        ([a_gate("attacks", "below", 0.01)], ["attacks"], False),
        ([a_gate("attacks", "below", 0.01, "harmful")], ["attacks"], True),
        ([a_gate("attacks", "below", 0.01, "jailbreak")], ["attacks"], False),
        ([a_gate("domain", "below", 0.2, "math")], ["domain"], True),
        # Every head must pass its own gate.
        (
            [a_gate("domain", "above", 0.89), a_gate("attacks", "below", 0.02)],
            ["domain", "attacks"],
            True,
        ),
        (
            [a_gate("domain", "above", 0.89), a_gate("attacks", "below", 0.01)],
            ["domain", "attacks"],
            False,
        ),
        (
            [a_gate("domain", "above", 0.89), a_gate("attacks", "below", 0.01)],
            ["domain"],
            True,
        ),
        # Without a gate, never; a head that it does not know, never.
        ([], ["domain"], False),
        ([a_gate("attacks", "below", 0.02)], ["attacks", "domain"], False),
        ([a_gate("domain", "above", 0.0)], ["domain", "pii"], False),
        ([a_gate("domain", "above", 0.0)], ["domain", "embedding"], False),
        # A number has no gate: it follows the heads beside it, and never stands alone.
        ([a_gate("domain", "above", 0.89)], ["domain", "extra_tokens"], True),
        ([a_gate("domain", "above", 0.91)], ["domain", "extra_tokens"], False),
        ([a_gate("domain", "above", 0.0)], ["extra_tokens"], False),
        ([a_gate("domain", "above", 0.0)], [], False),
    ],
)
def test_it_answers_alone_only_where_it_may_for_every_head(
    gates: list[Gate], heads: list[str], *, certain: bool, make: Make
) -> None:
    tier = make(gates=tuple(gates))
    answer = tier.certain(SURE, heads)
    assert (answer is not None) is certain
    if answer is not None:
        assert answer == tier.alone(SURE, heads)
        assert {*answer.scores, *answer.measures} == set(heads)


def test_a_bound_that_is_met_is_passed(make: Make) -> None:
    even = np.zeros(5, np.float32)
    for gate in (a_gate("domain", "above", 0.5), a_gate("domain", "below", 0.5)):
        assert make(gates=(gate,)).certain(even, ["domain"]) is not None


@pytest.mark.parametrize("size", [0, 1, BUCKETS * 5, BUCKETS * 5 + 39, BUCKETS * 5 + 41])
def test_a_file_of_another_size_is_refused(size: int, tmp_path: Path) -> None:
    path = tmp_path / "tier.bin"
    path.write_bytes(b"\0" * size)
    with pytest.raises(ValueError, match=rf"tier\.bin: expected 200 bytes, got {size}"):
        FirstTier(NOTE, path)


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (msgspec.structs.replace(NOTE, gates=(a_gate("domain", "above", 0.9, "law"),)), None),
        (msgspec.structs.replace(NOTE, outputs=4), "extra_tokens: its columns lie outside"),
        (msgspec.structs.replace(NOTE, gates=(a_gate("pii", "above", 0.9),)), "a gate for pii,"),
        (
            msgspec.structs.replace(NOTE, gates=(a_gate("domain", "below", 0.9, "tax"),)),
            "a gate for domain tax,",
        ),
        (
            msgspec.structs.replace(NOTE, heads=(msgspec.structs.replace(DOMAIN, weights=(1.0,)),)),
            "domain: expected a weight and an offset for each label",
        ),
        (
            msgspec.structs.replace(
                NOTE, heads=(msgspec.structs.replace(DOMAIN, labels=("law", "math")),)
            ),
            "domain: its labels are not those of the encoder's head",
        ),
    ],
)
def test_a_description_that_contradicts_itself_is_told(note: TierNote, message: str | None) -> None:
    found = list(tier_contradictions(note, {"domain": ("math", "law"), "pii": ("O",)}))
    assert [message in fault for fault in found if message] == ([True] if message else [])
    assert bool(found) is bool(message)
