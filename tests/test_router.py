"""Library mode: one object that decides, without a server."""

import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pointsman import PointsmanError, Router
from pointsman.config.build import Setup
from pointsman.encoder.encoding import Asked, Encoding
from pointsman.errors import (
    BundleError,
    ConfigError,
    MalformedJSONError,
    RequestError,
    UnknownModelError,
)
from pointsman.exchange.plan import Forward
from pointsman.router import new_id
from pointsman.wire.chat import chat_from_object

CONFIG = """
models:
  small: {url: "http://h/v1", name: org/small, family: qwen3, usd_per_million: {output: 1}}
  large: {url: "http://h/v1", name: org/large, family: openai, usd_per_million: {output: 9}}
"""
ASKED: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": "How far away is the moon?"}]},
    {"model": "auto", "messages": [{"role": "user", "content": "Hi"}], "stream": True},
    {"model": "large", "messages": [{"role": "user", "content": "Hi"}]},
    {"messages": [{"role": "user", "content": "Hi"}], "reasoning_effort": "high", "n": 2},
    {"messages": [{"role": "user", "content": [{"type": "image_url"}]}], "max_tokens": 3},
]


@pytest.fixture
def router(a_setup: Callable[[str], Setup]) -> Iterator[Router]:
    router = Router(a_setup(CONFIG))
    yield router
    router.close()


def as_sent(plan: Forward) -> tuple[object, ...]:
    """All that a front end does with a plan; what is not known is null in a record's JSON."""
    record = msgspec.json.encode(msgspec.structs.replace(plan.record, id=""))
    return plan.body(), plan.card, plan.hide_usage, plan.reasoning, plan.reasons, record


@pytest.mark.parametrize("request_fields", ASKED)
async def test_the_blocking_and_the_awaited_way_give_the_same_plan(
    request_fields: dict[str, Any], router: Router, a_setup: Callable[[str], Setup]
) -> None:
    other = Router(a_setup(CONFIG))
    blocking, awaited = router.route(request_fields), await other.aroute(request_fields)
    other.close()
    assert as_sent(blocking) == as_sent(awaited)


def test_a_typed_request_is_as_good_as_an_object(router: Router) -> None:
    for fields in ASKED:
        typed = router.route(chat_from_object(fields))
        assert as_sent(typed) == as_sent(router.route(fields))


def test_the_body_to_send_names_the_chosen_model(router: Router) -> None:
    plan = router.route({"messages": [{"role": "user", "content": "Hi"}], "x": {"y": [1.0]}})
    body = msgspec.json.decode(plan.body())
    assert body["model"] == f"org/{plan.model}"
    assert body["x"] == {"y": [1.0]}


@pytest.mark.parametrize(
    ("value", "error", "param"),
    [
        ({}, RequestError, "messages"),
        ({"messages": []}, RequestError, "messages"),
        ({"messages": [{"content": "x"}]}, RequestError, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 5}]}, RequestError, "messages[0].content"),
        ({"messages": [{"role": "user"}], "a": object()}, MalformedJSONError, None),
        ({"messages": [{"role": "user", "content": "\ud83d"}]}, MalformedJSONError, None),
        (
            {"messages": [{"role": "user", "content": "x"}], "model": "z"},
            UnknownModelError,
            "model",
        ),
    ],
)
async def test_a_wrong_request_is_refused_in_both_ways_and_when_classified(
    value: dict[str, Any], error: type[PointsmanError], param: str | None, router: Router
) -> None:
    with pytest.raises(error) as caught:
        router.route(value)
    assert caught.value.param == param
    with pytest.raises(error):
        await router.aroute(value)
    if error is not UnknownModelError:
        with pytest.raises(error):
            router.classify(value)


def test_every_decision_has_an_id_of_its_own(router: Router) -> None:
    ids = {router.route(ASKED[0]).record.id for _ in range(20)} | {new_id()}
    assert len(ids) == 21
    assert all(id_.startswith("dec_") for id_ in ids)


def test_classifying_measures_everything_and_decides_nothing(router: Router) -> None:
    signals, reading = router.classify(ASKED[2])
    assert list(signals) == [
        "domain",
        "reasoning",
        "jailbreak",
        "injection",
        "harmful",
        "pii",
        "coverage",
        "disguise",
        "surface",
        "keywords",
        "language",
    ]
    assert reading.judged.tokens > 0
    assert len(reading.parts) == 1
    assert reading.parts[0] is reading.judged
    assert len(router.sessions) == 0


@pytest.mark.parametrize(
    ("signals", "judged", "whole"),
    [
        ({"surface", "keywords", "language"}, set(), set()),
        ({"domain"}, {"domain"}, set()),
        (["pii"], set(), {"pii"}),
        (("reasoning", "injection"), {"outcome", "extra_tokens"}, {"attacks"}),
        ((), set(), set()),
    ],
)
def test_classifying_asks_for_no_more_than_the_signals_wanted(
    signals: Collection[str], judged: set[str], whole: set[str], router: Router
) -> None:
    counting = Counting(router)
    router.encoder = counting  # type: ignore[assignment]  # an Encoder, as the protocol has it
    found, reading = router.classify(ASKED[0], signals=signals)
    assert set(found) == set(signals)
    assert counting.asked == (
        [Asked(frozenset(judged), frozenset(whole))] if judged | whole else []
    )
    assert len(reading.encodings) == len(counting.asked)


class Counting:
    """Counts how often the real encoder is asked."""

    def __init__(self, router: Router) -> None:
        self._real = router.encoder
        self.texts: list[str] = []
        self.asked: list[Asked] = []
        self._lock = threading.Lock()

    def encode(self, text: str, asked: Asked) -> Encoding:
        with self._lock:
            self.texts.append(text)
            self.asked.append(asked)
        return self._real.encode(text, asked)


async def test_a_text_is_read_once_by_whichever_way_it_comes(router: Router) -> None:
    counting = Counting(router)
    router.encoder = counting  # type: ignore[assignment]  # an Encoder, as the protocol has it
    router.route(ASKED[0])
    router.classify(ASKED[0], signals=["reasoning"])  # what the policy asks for
    await router.aroute(ASKED[0])
    await router.aroute(ASKED[1])
    router.route(ASKED[1])
    assert counting.texts == ["How far away is the moon?", "Hi"]


def test_a_conversation_by_name_is_remembered(router: Router) -> None:
    first = router.route(ASKED[0], conversation="c")
    second = router.route(ASKED[0], conversation="c")
    assert first.question.current is None
    assert second.question.current == first.model
    assert second.record.conversation == first.record.conversation
    assert router.route(ASKED[0], conversation="d").question.current is None


def test_what_if_speaks_only_where_something_was_weighed(router: Router) -> None:
    assert router.what_if(router.route(ASKED[2])) is None
    plan = router.route(ASKED[0])
    turn = router.what_if(plan)
    assert turn is not None
    assert turn.target != plan.decision.target
    assert turn.name in {"p_gain", "lambda"}


def test_another_config_keeps_what_was_read_and_seen(
    router: Router, a_setup: Callable[[str], Setup]
) -> None:
    counting = Counting(router)
    router.encoder = counting  # type: ignore[assignment]  # an Encoder, as the protocol has it
    before = router.route(ASKED[0], conversation="c")
    other = router.adopt(a_setup(CONFIG + "policy: {rules: [{name: all, use: large}]}"))
    after = other.route(ASKED[0], conversation="c")
    assert counting.texts == ["How far away is the moon?"]
    assert (after.rule, after.model) == ("all", "large")
    assert after.question.current == before.model
    # The first one goes on as it was.
    assert router.route(ASKED[0]).rule == before.rule


@pytest.mark.parametrize("change", [{"version": "another"}, {"files": {}}, {"max_tokens": 32}])
def test_another_bundle_is_read_anew(
    change: dict[str, Any], router: Router, a_setup: Callable[[str], Setup]
) -> None:
    setup = a_setup(CONFIG)
    manifest = msgspec.structs.replace(setup.bundle.manifest, **change)
    bundle = msgspec.structs.replace(setup.bundle, manifest=manifest)
    router.route(ASKED[0])
    other = router.adopt(msgspec.structs.replace(setup, bundle=bundle))
    assert other.encoder is not router.encoder
    assert len(other.memory) == 0


def test_a_router_is_made_from_a_file(config_file: Callable[[str], Path]) -> None:
    path = config_file(CONFIG)
    for given in (path, str(path)):
        assert list(Router.from_config(given).setup.world.catalog.models) == ["small", "large"]


def test_a_wrong_file_or_bundle_is_said_when_the_router_is_made(
    config_file: Callable[[str], Path],
) -> None:
    with pytest.raises(ConfigError):
        Router.from_config(config_file("models: {}"))
    with pytest.raises(BundleError):
        Router.from_config(config_file(CONFIG + "encoder: {bundle: nowhere}"))


def test_the_router_that_ships_decides() -> None:
    router = Router.default()
    assert router.route(ASKED[0]).model in {"small", "large"}
    router.close()
