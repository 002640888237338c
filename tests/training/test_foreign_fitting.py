"""Fitting the table: not collected where the extra `train` is not installed."""

import numpy as np
import pytest

from pointsman.signals.attacks import ATTACKS
from pointsman.signals.foreign import blended
from pointsman.statistics.calibrate import Floats
from pointsman.training import foreign_fitting as fitting
from pointsman.training.foreign_fitting import Rows, laid_out
from pointsman.training.foreign_texts import (
    CAPTION,
    FOLDS,
    HARMFUL,
    HARMLESS,
    JAILBREAK,
    OLDER,
    Row,
)

GOOD = ["大根", "人参", "玉葱", "胡瓜", "南瓜"]
BAD = ["爆弾", "毒薬", "拳銃", "覚醒剤", "強盗"]


def rows() -> Rows:
    """What is asked for says how a text is meant, and the encoder says nothing."""
    texts = [
        Row(f"{word}の{what}を教えてください{at}", label, "ja", at % FOLDS, "question")
        for words, label in ((GOOD, HARMLESS), (BAD, HARMFUL))
        for word in words
        for at, what in enumerate(("作り方", "使い方", "歴史", "売り方", "見分け方") * 4)
    ]
    texts.append(Row("This is English.", HARMLESS, "en", 0, "question"))
    return laid_out(texts, [[0.5] * len(ATTACKS)] * len(texts))


def test_english_is_left_out_and_captions_weigh_less() -> None:
    assert all(row.language == "ja" for row in rows().rows)
    caption = laid_out([Row("猫が寝ている", HARMLESS, "ja", 0, CAPTION)], [[0.5] * 3])
    assert caption.weight.tolist() == [fitting.CAPTION_WEIGHT]


def test_an_attack_of_another_kind_says_nothing() -> None:
    labels = [HARMLESS, JAILBREAK, HARMFUL]
    texts = [Row("猫が寝ている", label, "ja", 0, "question") for label in labels]
    read = laid_out(texts, [[0.5] * 3] * 3)
    assert read.known(JAILBREAK).tolist() == [True, True, False]
    assert read.known(HARMFUL).tolist() == [True, False, True]


def test_the_table_tells_apart_texts_that_it_was_not_fitted_on() -> None:
    read = rows()
    held = fitting.held_out(read, fitting.by_fold(read), 0.01)
    harmful = read.label == HARMFUL
    assert held[harmful, HARMFUL].min() > held[~harmful, HARMFUL].max()
    assert fitting.log_loss(held, read) < np.log(2)


def test_more_penalty_gives_smaller_weights() -> None:
    read = rows()
    everything = np.ones(len(read.rows), np.bool_)
    loose, tight = (fitting.fit_table(read, everything, each)[0] for each in (0.01, 10.0))
    assert np.abs(tight).max() < np.abs(loose).max() / 2


@pytest.mark.parametrize(("above", "share"), [(0.279, 0.02), (0.836, 0.01), (0.5, 0.1)])
def test_a_line_refuses_the_share_that_it_was_asked_for(above: float, share: float) -> None:
    dice = np.random.default_rng(3)
    label = np.repeat([HARMLESS, HARMFUL], 500)
    texts = [Row(f"猫{at}", kind, "ja", 0, "question") for at, kind in enumerate(label.tolist())]
    read = laid_out(texts, dice.uniform(0.1, 0.9, (1000, 3)).tolist())
    grams: Floats = dice.normal(np.where(label == HARMFUL, 2.0, -2.0)[:, None], 1.5, (1000, 3))
    everywhere = np.ones(1000, np.bool_)
    line = fitting.fit_line(grams, read, HARMFUL, everywhere, (above, share))
    told = 1 / (1 + np.exp(-read.encoder[:, HARMFUL]))
    pairs = zip(grams[:, HARMFUL], told, strict=True)
    refused = np.array([blended(line, gram, p) for gram, p in pairs]) > above
    assert refused[:500].mean() == pytest.approx(share, abs=0.003)
    assert refused[500:].mean() > 2 * refused[:500].mean()


def test_texts_that_the_encoder_was_trained_with_do_not_say_how_far_to_trust_it() -> None:
    dice = np.random.default_rng(3)
    label = np.tile([HARMLESS, HARMFUL], 200)
    kinds = ["question"] * 200 + [OLDER] * 200
    texts = [
        Row(f"猫{at}", kind, "ja", 0, how)
        for at, (kind, how) in enumerate(zip(label.tolist(), kinds, strict=True))
    ]
    told = np.where(label == HARMFUL, 0.99, 0.01)
    told[:200] = 0.5  # of new texts the encoder knows nothing
    read = laid_out(texts, np.repeat(told[:, None], 3, axis=1).tolist())
    grams = dice.normal(np.where(label == HARMFUL, 1.0, -1.0)[:, None], 1.0, (400, 3))
    line = fitting.fit_line(grams, read, HARMFUL, np.ones(400, np.bool_), (0.5, 0.02))
    assert abs(line.encoder_weight) < 0.1
    assert line.gram_weight > 0.5
