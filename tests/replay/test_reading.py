"""Texts that are read and decided as a server would."""

from collections.abc import Callable

import pytest

from pointsman.config.build import Setup
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.replay.reading import Verdict, verdicts
from pointsman.router import Router

CONFIG = """
models:
  small: {url: "http://127.0.0.1:1/v1", family: qwen3, usd_per_million: {input: 0.1, output: 0.2}}
  large: {url: "http://127.0.0.1:2/v1", family: gpt-oss, usd_per_million: {input: 1, output: 2},
          context_window: 60}
keywords: {sums: ["2+2"]}
policy:
  rules:
    - {name: sums, when: {keywords: sums}, use: large, choose: static}
    - {name: rest, use: [small, large], choose: gain}
"""
TEXTS = ["What is 2+2?", "Prove that the square root of two is irrational.", "2+2 " * 80]


@pytest.fixture(autouse=True)
def one_encoder(encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)


def test_each_text_is_decided_as_a_router_decides_it(a_setup: Callable[[str], Setup]) -> None:
    new = a_setup(CONFIG)
    old = a_setup(CONFIG.replace("choose: gain", "choose: static, reasoning: off"))
    told: list[int] = []
    found = list(verdicts(TEXTS, [new, old], 2, told.append))
    assert told == [3]
    for setup, column in ((new, 0), (old, 1)):
        router = Router(setup)
        for text, row in zip(TEXTS[:2], found[:2], strict=True):
            plan = router.route({"messages": [{"role": "user", "content": text}]})
            decision = row[column].decision
            assert decision is not None
            assert (decision.target, decision.rule) == (plan.decision.target, plan.decision.rule)
            assert row[column].prompt_tokens == len(text) / 4
    assert found[2][0] == Verdict(None, 80.0, "no_candidate")


def test_blocks_come_in_order(
    a_setup: Callable[[str], Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.replay.reading._BLOCK", 2)
    told: list[int] = []
    found = list(verdicts(TEXTS, [a_setup(CONFIG)], 2, told.append))
    assert [row[0].prompt_tokens for row in found] == [len(text) / 4 for text in TEXTS]
    assert told == [2, 3]
