import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pointsman.training.pieces import batches, head_and_tail, padded


@given(st.integers(2, 600), st.sampled_from([16, 128, 256]))
def test_a_cut_text_keeps_its_ends_and_fits(length: int, max_tokens: int) -> None:
    ids = np.arange(length, dtype=np.int32)
    cut = head_and_tail(ids, max_tokens)
    assert len(cut) == min(length, max_tokens)
    assert (cut[0], cut[-1]) == (0, length - 1)
    half = min(length, max_tokens) // 2
    assert cut[:half].tolist() == list(range(half))


def test_shorter_texts_are_padded_on_the_right_and_masked() -> None:
    ids, mask = padded([np.array([5, 6, 7], np.int32), np.array([8], np.int32)])
    assert ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=200), st.integers(1, 40))
def test_an_epoch_holds_every_row_once(lengths: list[int], size: int) -> None:
    found = list(batches(lengths, size, np.random.default_rng(0), pool=3))
    assert sorted(int(row) for batch in found for row in batch) == list(range(len(lengths)))
    assert all(len(batch) <= size for batch in found)
    assert len(found) == -(-len(lengths) // size)


def test_the_same_seed_gives_the_same_batches_and_another_gives_others() -> None:
    def epoch(seed: int) -> list[list[int]]:
        return [b.tolist() for b in batches([3, 1, 2] * 20, 4, np.random.default_rng(seed))]

    assert epoch(1) == epoch(1)
    assert epoch(1) != epoch(2)


def test_a_batch_holds_texts_of_similar_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 200, size=640).tolist()
    spread = [
        max(lengths[row] for row in batch) - min(lengths[row] for row in batch)
        for batch in batches(lengths, 16, np.random.default_rng(0))
    ]
    assert np.mean(spread) < 12
