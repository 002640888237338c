"""Policy → decisions, as files: each `decisions/*.yaml` is a config and what must come of it.

A case may set `text` or fields of the `request`; `signals`, which stand in for what the encoder
would measure (nothing, where they say nothing); and fields of the `question`, such as the model
that a conversation is on. It says the `decision`, and may say the rest of what must come of it.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pointsman.config.build import Setup
from pointsman.config.load import Source, parse_yaml
from pointsman.encoder.encoding import NO_VECTOR, Asked, Encoding
from pointsman.exchange.drive import drive
from pointsman.exchange.route import route
from pointsman.exchange.sessions import Sessions
from pointsman.policy.decide import decide
from pointsman.policy.question import Question
from pointsman.signals import vocabulary
from pointsman.signals.findings import Finding, Measure, Scores, Span, Spans
from pointsman.wire.chat import chat_from_object

FILES = sorted((Path(__file__).parent / "decisions").glob("*.yaml"))
CASES = [
    pytest.param(golden["config"], case, id=f"{path.stem}: {case['name']}")
    for path in FILES
    for golden in [parse_yaml(Source(path.name, path.read_text(encoding="utf-8")))]
    for case in golden["cases"]
]


def nothing_measured(setup: Setup, asked: Asked) -> Encoding:
    labels = setup.bundle.labels()
    heads = asked.judged | asked.whole
    scores = {head: dict.fromkeys(labels[head], 0.0) for head in heads & set(labels) - {"pii"}}
    return Encoding(scores, {"extra_tokens": 0.0}, NO_VECTOR, 0, truncated=False)


def set_to(finding: Finding, values: dict[str, float]) -> Finding:
    match finding:
        case Scores(scores=known, exclusive=exclusive):
            return Scores({**known, **values}, exclusive)
        case Measure(values=known):
            return Measure({**known, **values})
        case Spans(spans=spans):
            return Spans((*spans, *(Span(type_, 0, 0, 0, p) for type_, p in values.items())))


@pytest.mark.parametrize(("config", "case"), CASES)
def test_a_policy_decides_as_written(
    config: dict[str, Any], case: dict[str, Any], a_setup: Callable[[str], Setup]
) -> None:
    setup = a_setup(json.dumps(config))
    messages = [{"role": "user", "content": case.get("text", "Tell me something.")}]
    request = chat_from_object({"messages": messages, **case.get("request", {})})
    exchange = route(request, setup.world, decision_id="golden")
    plan = drive(exchange, lambda _text, asked: nothing_measured(setup, asked), Sessions())
    signals, known = dict(plan.question.signals), vocabulary(setup.shelf)
    for name, values in case.get("signals", {}).items():
        assert set(values) <= known[name], "a case speaks of what nobody measures"
        signals[name] = set_to(signals[name], values)
    asked = msgspec.to_builtins(plan.question) | case.get("question", {})
    question = msgspec.structs.replace(msgspec.convert(asked, Question), signals=signals)
    decision = decide(question, setup.world.policy, setup.world.catalog)
    assert str(decision.target) == case["decision"]
    assert decision.rule == case.get("rule", decision.rule)
    assert decision.propensity == pytest.approx(case.get("propensity", 1.0))
    assert (None if decision.then is None else str(decision.then)) == case.get("then")
    assert decision.shadow == case.get("shadow")
    excluded = {str(one.target): one.excluded for one in decision.options if one.excluded}
    assert case.get("excluded", {}).items() <= excluded.items()
