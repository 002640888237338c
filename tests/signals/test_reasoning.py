"""What reasoning would gain, from the four outcomes' probabilities."""

import msgspec
import pytest

from pointsman.encoder.encoding import UNREAD
from pointsman.signals.reading import Reading
from pointsman.signals.reasoning import ReasoningDetector
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))


@pytest.mark.parametrize(
    ("both", "heavy_only", "light_only", "neither"),
    [(0.5, 0.25, 0.125, 0.125), (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)],
)
def test_gain_is_that_only_the_heavy_answer_is_right(
    both: float, heavy_only: float, light_only: float, neither: float
) -> None:
    outcome = {
        "both": both,
        "heavy_only": heavy_only,
        "light_only": light_only,
        "neither": neither,
    }
    encoding = msgspec.structs.replace(
        UNREAD, scores={"outcome": outcome}, measures={"extra_tokens": 380.0}
    )
    values = ReasoningDetector()(PROMPT, Reading(judged=encoding)).values
    assert values == {
        "p_gain": heavy_only,
        "p_loss": light_only,
        "p_light": both + light_only,
        "p_heavy": both + heavy_only,
        "extra_tokens": 380.0,
    }
    assert values["p_heavy"] - values["p_light"] == values["p_gain"] - values["p_loss"]
