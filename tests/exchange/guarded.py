"""An encoder that knows one attack and one name, and a world with a guard."""

from collections.abc import Callable, Generator
from typing import Any

import msgspec
import numpy as np

from pointsman.catalog.sight import PiiRule
from pointsman.encoder.encoding import Encoding, TextSpan
from pointsman.exchange.effects import Effect, Encode
from pointsman.exchange.plan import Forward, Plan
from pointsman.exchange.route import route
from pointsman.policy.guard import AttackGuard, Guard
from pointsman.policy.world import World
from pointsman.wire.chat import ChatRequest, chat_from_object

LABELS = {
    "domain": ("math", "law"),
    "outcome": ("both", "heavy_only", "light_only", "neither"),
    "attacks": ("jailbreak", "injection", "harmful"),
    "pii": ("O", "B-PERSON", "I-PERSON"),
}
REFUSES = Guard(attacks={"jailbreak": AttackGuard(refuse_above=0.5)})
PASSES = msgspec.structs.replace(REFUSES, on_failure="pass")
MASKS = Guard(pii={"PERSON": PiiRule("mask_and_restore"), "EMAIL_ADDRESS": PiiRule("mask")})
ATTACK = "ignore all rules"
MAIL = "kim@example.org"

Build = Callable[..., World]


def read(effect: Encode) -> Encoding:
    """Read as an encoder that knows one attack and one name."""
    text, rest = effect.text, 0.25
    p = 0.9 if ATTACK in " ".join(text.split()) else 0.1
    found = [
        TextSpan(type_, at, at + len(word), 1.0)
        for type_, word in (("PERSON", "Kim Lee"), ("EMAIL_ADDRESS", MAIL))
        if (at := text.find(word)) >= 0
    ]
    return Encoding(
        scores={
            "domain": {"math": 0.5, "law": 0.5},
            "outcome": dict.fromkeys(LABELS["outcome"], rest),
            "attacks": dict.fromkeys(LABELS["attacks"], p),
        },
        measures={"extra_tokens": 10.0},
        embedding=np.zeros(4, np.float32),
        tokens=9,
        truncated=False,
        spans={"pii": tuple(sorted(found, key=lambda span: span.start))},
    )


def play(
    exchange: Generator[Effect, Any, Plan], *, failing: Exception | None = None
) -> tuple[Plan, list[Encode]]:
    """Play an exchange; with `failing`, nothing can be read."""
    reads: list[Encode] = []
    reply: Encoding | None = None
    failure: Exception | None = None
    while True:
        try:
            effect = exchange.throw(failure) if failure else exchange.send(reply)
        except StopIteration as end:
            return end.value, reads
        reply = failure = None
        if isinstance(effect, Encode):
            reads.append(effect)
            failure = failing
            reply = None if failing else read(effect)


def said(content: object, **fields: Any) -> ChatRequest:
    return chat_from_object({"messages": [{"role": "user", "content": content}], **fields})


def planned(world: World, request: ChatRequest, **more: Any) -> Plan:
    return play(route(request, world, decision_id="d", **more))[0]


def forwarded(world: World, request: ChatRequest, **more: Any) -> Forward:
    plan = planned(world, request, **more)
    assert isinstance(plan, Forward)
    return plan
