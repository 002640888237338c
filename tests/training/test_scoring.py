import numpy as np
import pytest

from pointsman.encoder.bundle import ScoresHead
from pointsman.encoder.onnx import probabilities
from pointsman.training.manifest import Described
from pointsman.training.readings import Readings
from pointsman.training.scoring import blended
from pointsman.training.tier_table import OUTPUTS, STARTS
from pointsman.training.weights import DOMAINS, OUTCOMES

RANDOM = np.random.default_rng(8)


@pytest.mark.parametrize(("name", "labels"), [("domain", DOMAINS), ("outcome", OUTCOMES)])
def test_what_is_reported_is_what_is_served(name: str, labels: tuple[str, ...]) -> None:
    own = RANDOM.normal(size=(3, len(labels))).astype(np.float32)
    tier = RANDOM.normal(size=(3, OUTPUTS)).astype(np.float32)
    nothing = np.zeros((3, 1), np.float32)
    columns = {"domain": nothing, "outcome": nothing, name: own}
    read = Readings(
        **columns, log_tokens=nothing[:, 0], attacks=nothing, embedding=nothing, tier=tier
    )
    head = ScoresHead(name, name, labels, 0.8, 0.3)
    other = ScoresHead("other", "other", labels, 9.0, 9.0)
    logits = blended(Described((other, head), None), name, read)
    powers = np.exp(logits)
    for row in range(3):
        part = tier[row, STARTS[name] : STARTS[name] + len(labels)]
        served = probabilities(head, own[row], part)
        assert (powers[row] / powers[row].sum()).tolist() == pytest.approx(list(served.values()))
