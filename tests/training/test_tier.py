"""Training the first tier: not collected where the extra `train` is not installed."""

from pathlib import Path

import numpy as np
import pytest

from pointsman.encoder.first_tier import FirstTier, TierNote, features
from pointsman.training.examples import Example
from pointsman.training.inputs import Input
from pointsman.training.tier import train_tier
from pointsman.training.tier_table import BUCKETS, OUTPUTS, STARTS, Table
from pointsman.training.weights import OUTCOMES

LAW, MATH = 8, 9
HEAVY = OUTCOMES.index("heavy_only")


def text(*ids: int) -> Input:
    framed = np.array([2, *ids, 3], np.int32)
    return Input(framed, np.full(len(framed), -1, np.int16))


def toy(rows: int = 1500) -> tuple[list[Example], list[Input]]:
    """Pieces below 100 are law and light, below 200 math and heavy; 500 is an attack."""
    random = np.random.default_rng(4)
    examples, texts = [], []
    for number in range(rows):
        at, attack = number % 2, number % 3 == 0
        ids = random.integers(10, 40, size=6) + 100 * at
        examples.append(
            Example(
                str(number),
                (),
                "toy",
                "train",
                domain=(LAW, MATH)[at],
                outcome=(0, HEAVY)[at],
                outcome_weight=1.0,
                extra_tokens=(0.0, 400.0)[at],
                attacks=(-1, 1, -1) if attack else (0, 0, 0),
            )
        )
        texts.append(text(*ids, *([500, 501] if attack else [])))
    return examples, texts


@pytest.fixture(scope="module")
def table() -> Table:
    examples, texts = toy()
    return train_tier(examples, [texts, texts], seed=1)


@pytest.fixture
def tier(table: Table, tmp_path: Path) -> FirstTier:
    (tmp_path / "tier.bin").write_bytes(table.to_bytes())
    return FirstTier(TierNote("tier.bin", BUCKETS, OUTPUTS, ()), tmp_path / "tier.bin")


def logits(tier: FirstTier, *ids: int) -> np.ndarray:
    return tier.logits(np.array(ids, np.int32))


def test_words_of_a_domain_are_learned_with_what_they_cost(tier: FirstTier) -> None:
    law, math = logits(tier, 12, 30, 21), logits(tier, 112, 130, 121)
    for outputs, domain, outcome in ((law, LAW, 0), (math, MATH, HEAVY)):
        assert outputs[: STARTS["outcome"]].argmax() == domain
        assert outputs[STARTS["outcome"] : STARTS["extra_tokens"]].argmax() == outcome
    tokens = STARTS["extra_tokens"]
    assert math[tokens] - law[tokens] > 3  # on the log scale: log1p(400) is 6


def test_an_attack_is_told_from_harmless_texts_of_both_domains(tier: FirstTier) -> None:
    injection = STARTS["attacks"] + 1
    assert logits(tier, 15, 500, 501)[injection] > 0 > logits(tier, 15, 16)[injection]
    assert logits(tier, 115, 500, 501)[injection] > 0 > logits(tier, 115, 116)[injection]


def test_a_label_that_was_only_seen_unknown_or_absent_is_said_to_be_absent(
    tier: FirstTier,
) -> None:
    assert logits(tier, 15, 500, 501)[STARTS["attacks"]] < 0


def test_a_piece_that_was_only_seen_with_an_unknown_label_says_nothing_of_it(table: Table) -> None:
    (bucket,) = features(np.array([500], np.int32), BUCKETS)
    jailbreak, injection, _ = table.rows[bucket, STARTS["attacks"] :].tolist()
    assert jailbreak == 0 < injection


def test_the_same_seed_gives_the_same_file_and_another_seed_another() -> None:
    examples, texts = toy(200)
    one, two = (train_tier(examples, [texts], seed=1).to_bytes() for _ in "12")
    assert one == two != train_tier(examples, [texts], seed=2).to_bytes()


def test_the_added_pieces_are_no_features(table: Table) -> None:
    for added in (2, 3):
        (bucket,) = features(np.array([added], np.int32), BUCKETS)
        assert not table.rows[bucket].any()


def test_progress_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    examples, texts = toy(8)
    train_tier(examples, [texts], seed=1)
    assert "first tier 0/8" in capsys.readouterr().err
