"""Fitting the cache's verifier: folds that share no text, weights, and a file that can be read."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointsman.cache.verify import FEATURES, FILE, read_verifier
from pointsman.training.cache_verifier import FOLDS, Pair, fit_weights, folds, logistic, main


def test_texts_that_pairs_link_fall_into_one_fold() -> None:
    chain = [Pair("a", "b", serves=True), Pair("c", "d", serves=True), Pair("b", "c", serves=False)]
    others = [Pair(f"x{at}", f"y{at}", serves=True) for at in range(20)]
    found = folds([*chain, *others])
    assert len({found[text] for text in "abcd"}) == 1
    assert {*found.values()} == {*range(FOLDS)}
    assert all(found[pair.left] == found[pair.right] for pair in others)


def test_no_weight_speaks_against_likeness() -> None:
    draw = np.random.default_rng(0)
    features = draw.random((400, 2))
    serves = features[:, 0] - features[:, 1] + draw.normal(0, 0.3, 400) > 0
    weights = fit_weights(features, serves)
    assert weights[0] > 1
    assert weights[1] == 0
    assert ((logistic(features, weights) > 0.5) == serves).mean() > 0.6


def test_a_verifier_is_fitted_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    things = [
        "osmosis",
        "inflation",
        "a prism",
        "a fjord",
        "gravity",
        "a sonnet",
        "a comet",
        "rust",
    ]
    rows: list[dict[str, Any]] = [
        {"a": f"What is {thing}?", "b": text, "label": label}
        for thing in things
        for text, label in (
            (f"Define {thing}.", 1),
            (f"Explain {thing}.", 1),
            (f"Define the history of {thing}.", 0),
            (f"Who found {thing} in 1990?", 0),
        )
    ]
    # Features that are the same in all pairs would leave their weights undecided.
    rows += [
        {"a": f"What is {thing}?", "b": f"{start} {thing} {end}", "label": at % 2}
        for at, thing in enumerate(things)
        for start in ("Is", "Why is it not", "What is", "What are the uses of")
        for end in ("", "in 5 days", "on 6 very long and cold nights?")
    ]
    rows += [{"a": "x", "b": "y", "label": None}, {"a": "x", "b": "z", "label": 1, "lang": "de"}]
    path = tmp_path / "cache" / "train.jsonl.gz"
    path.parent.mkdir()
    lines = "\n".join(json.dumps({"lang": "en", **row}) for row in rows)
    path.write_bytes(gzip.compress(lines.encode()))
    main(["--data", str(tmp_path), "--out", str(tmp_path / "out")])
    verifier = read_verifier((tmp_path / "out" / FILE).read_bytes(), FILE)
    assert verifier.features == FEATURES
    assert verifier.training["pairs"] == 16 * len(things)
    assert 2 * len(things) < int(str(verifier.training["passed by the guards"])) <= 3 * len(things)
    assert max(step.rows for step in verifier.steps) <= 3 * len(things)
    assert verifier.threshold(0.01) is None  # so few pairs show nothing
    assert "wrong" in capsys.readouterr().out
