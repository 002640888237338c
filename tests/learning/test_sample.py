"""The questions that a dial is solved on."""

from typing import Any

import numpy as np
import pytest

from pointsman.learning import sample
from pointsman.learning.heads import Reader, learn_gain


def test_every_question_is_a_point_with_what_was_foreseen_and_what_happened(
    invented: Any, file_of: Any, reader: Reader
) -> None:
    head = learn_gain(file_of(invented(100)), None, None, reader, "").head
    points = np.array([[p.p_light, p.p_heavy, p.extra_tokens] for p in head.sample])
    assert len(points) == 100
    outcomes = np.array([p.outcomes for p in head.sample])
    assert outcomes.sum(axis=1) == pytest.approx(np.ones(100), abs=1e-3)
    assert dict(zip(head.counts, outcomes.sum(axis=0), strict=True)) == pytest.approx(head.counts)
    # Questions whose kind needs the heavy arm are foreseen to, though each was left out in turn.
    needs = outcomes[:, 1] == 1
    gain = points[:, 1] - points[:, 0]
    assert gain[needs].mean() > gain[~needs].mean() + 0.2
    assert points[needs, 2].mean() > 2 * points[~needs, 2].mean()


def test_a_large_file_is_sampled(
    invented: Any, file_of: Any, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "MOST_POINTS", 20)
    assert len(learn_gain(file_of(invented(60)), None, None, reader, "").head.sample) == 20
