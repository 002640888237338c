"""Pictures of a pair: what is drawn, and that a run gives the same file again."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from pointsman.evaluation.replay.pairs import CHOICE_PAIRS
from pointsman.evaluation.replay.plot import axes_of, draw
from pointsman.evaluation.replay.report import DEFAULT_PRICES, Prices
from pointsman.evaluation.replay.scores import Replayed

MakeReplay = Callable[..., Replayed]

ROWS = 300
RANDOM = np.random.default_rng(0)
P_GAIN = RANDOM.random(ROWS)
LIGHT = (RANDOM.random(ROWS) < 0.5).astype(float)
TOKENS = (np.full(ROWS, 20.0), np.full(ROWS, 120.0))


def test_a_picture_is_the_same_again_small_and_named_after_the_pair(
    make_replay: MakeReplay, tmp_path: Path
) -> None:
    pair = CHOICE_PAIRS[-1]
    replay = make_replay(LIGHT, np.ones(ROWS), P_GAIN, tokens=TOKENS, pair=pair, generic=True)
    svg, png = draw(replay, DEFAULT_PRICES, tmp_path / "new" / "folder")
    assert svg.name == "gsm8k-mixtral_8x7b--gpt4_1106.svg"
    assert png.read_bytes().startswith(b"\x89PNG")
    first = svg.read_bytes()
    assert len(first) < 100_000
    assert first == draw(replay, DEFAULT_PRICES, tmp_path)[0].read_bytes()


def test_cost_is_that_of_prompt_and_answer_at_the_prices(make_replay: MakeReplay) -> None:
    replay = make_replay(LIGHT, np.ones(ROWS), P_GAIN, tokens=TOKENS)
    tokens, cost = axes_of(replay, Prices(1.0, 10.0, 2.0, 20.0))
    assert (tokens.light[0], tokens.heavy[0]) == (20.0, 120.0)
    # 100 prompt tokens; per 1,000 questions and million tokens.
    assert cost.light[0] == pytest.approx((100 * 1 + 20 * 10) / 1000)
    assert cost.heavy[0] == pytest.approx((100 * 2 + 120 * 20) / 1000)
    assert "light 1/10, heavy 2/20" in cost.label


def test_without_tokens_accuracy_is_drawn_against_heavy_calls(
    make_replay: MakeReplay, tmp_path: Path
) -> None:
    replay = make_replay(LIGHT, np.ones(ROWS), P_GAIN)
    (axis,) = axes_of(replay, DEFAULT_PRICES)
    assert (axis.light[0], axis.heavy[0]) == (0, 100)
    assert draw(replay, DEFAULT_PRICES, tmp_path)[0].is_file()
