"""Personal data on its way through a running gateway: hidden from models, given back to clients."""

import json
import random
from typing import Any

import msgspec
import pytest

from pointsman.wire.answer import read_answer, read_stream

pytestmark = pytest.mark.e2e

MAIL, NUMBER, NAME = "maria.o'neil@example.org", "+1 212 555 0142", "Maria Schneider"
TEXT = f"I am {NAME}; write to {MAIL} or call {NUMBER} about <EMAIL_ADDRESS_7>."
GUARD = {
    "pii": {
        "EMAIL_ADDRESS": "mask_and_restore",
        "PERSON": "mask_and_restore",
        "PHONE_NUMBER": "mask_and_restore",
    }
}
SECRETS = (MAIL, NUMBER, "Schneider")


class Upstream:
    """Answers with what it was asked, in every field an answer has."""

    def __init__(self, pieces: int = 3, seed: int = 1) -> None:
        self.bodies: list[Any] = []
        self._pieces = pieces
        self._chance = random.Random(seed)  # noqa: S311  # chunk borders

    async def __call__(self, request: Any) -> None:
        body = json.loads(request.body)
        self.bodies.append(body)
        said = str(body["messages"][-1]["content"])
        choices = range(body.get("n") or 1)
        if body.get("stream"):
            await self._stream(request, said, choices)
            return
        arguments = json.dumps({"text": said})
        message = {
            "role": "assistant",
            "content": said,
            "reasoning_content": f"It says: {said}",
            "tool_calls": [{"id": "c", "type": "function", "function": {
                "name": "send", "arguments": arguments}}],
        }  # fmt: skip
        answer = {
            "choices": [{"index": i, "message": message, "finish_reason": "stop"} for i in choices],
            "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
            "x_future": [1.50, None],
        }
        await request.send_json(json.dumps(answer).encode())

    async def _stream(self, request: Any, said: str, choices: range) -> None:
        await request.send_events()
        events = []
        for index in choices:
            events += self._deltas(index, f"It says: {said}", lambda t: {"reasoning_content": t})
            events += self._deltas(index, said, lambda t: {"content": t})
            events += self._deltas(index, json.dumps({"text": said}), lambda t: {
                "tool_calls": [{"index": 0, "function": {"arguments": t}}]})  # fmt: skip
            end = {"index": index, "delta": {}, "finish_reason": "stop"}
            events.append(json.dumps({"choices": [end]}))
        raw = b"".join(b"data: %s\n\n" % event.encode() for event in events) + b"data: [DONE]\n\n"
        while raw:  # the network has borders of its own
            size = self._chance.randint(1, 400)
            await request.send(raw[:size])
            raw = raw[size:]
        request.close()

    def _deltas(self, index: int, text: str, delta: Any) -> list[str]:
        events = []
        while text:
            size = self._chance.randint(1, self._pieces)
            choice = {"index": index, "delta": delta(text[:size])}
            events.append(json.dumps({"id": "x", "choices": [choice]}))
            text = text[size:]
        return events


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
async def gate(serve: Any, played: Any, upstream: Upstream) -> Any:
    """A gateway that hides addresses, names and numbers from its one model."""
    return await serve({"m": {"url": await played(upstream)}}, guard=GUARD)


def reasoning_of(raw: bytes) -> str:
    events = [e.removeprefix(b"data: ") for e in raw.split(b"\n\n") if e.startswith(b"data: {")]
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events]
    return "".join(delta.get("reasoning_content", "") for delta in deltas)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("n", [1, 2])
async def test_the_model_sees_placeholders_and_the_client_its_own_words(
    gate: Any, ask: Any, upstream: Upstream, n: int, *, stream: bool
) -> None:
    reply = await ask(gate, TEXT, stream=stream, n=n)
    sent = json.dumps(upstream.bodies[-1])
    assert not any(secret in sent for secret in SECRETS)
    assert "<PERSON_1>" in sent
    assert "<EMAIL_ADDRESS_1>" in sent
    answer = read_stream(reply.body) if stream else read_answer(reply.body)
    assert len(answer.choices) == n
    for choice in answer.choices:
        assert choice.content == TEXT
        assert json.loads(choice.calls[0] or "") == {"text": TEXT}
    if stream and n == 1:
        assert reasoning_of(reply.body) == f"It says: {TEXT}"
    elif not stream:
        message = reply.json()["choices"][0]["message"]
        assert message["reasoning_content"] == f"It says: {TEXT}"
        assert b'"x_future": [1.5, null]' in reply.body, "other bytes stay as they were"
    assert reply.headers["x-pointsman-masked"] == "PERSON=1, EMAIL_ADDRESS=1, PHONE_NUMBER=1"
    assert not any(s.encode() in msgspec.json.encode(gate.records[-1]) for s in SECRETS)


@pytest.mark.parametrize("stream", [False, True])
async def test_structured_output_stays_valid_with_values_that_need_escaping(
    gate: Any, ask: Any, upstream: Upstream, *, stream: bool
) -> None:
    del upstream
    content = '{"to": "' + MAIL + '", "who": "' + NAME + '"}'
    reply = await ask(gate, content, stream=stream, response_format={"type": "json_object"})
    answer = read_stream(reply.body) if stream else read_answer(reply.body)
    assert json.loads(answer.choices[0].content) == {"to": MAIL, "who": NAME}


async def test_ten_turns_keep_the_same_placeholder(gate: Any, ask: Any, upstream: Upstream) -> None:
    turns: list[dict[str, str]] = []
    for number in range(10):
        turns.append({"role": "user", "content": f"Turn {number}: I am {NAME}, at {MAIL}."})
        reply = await ask(gate, messages=turns)
        content = reply.json()["choices"][0]["message"]["content"]
        assert content == turns[-1]["content"]
        turns.append({"role": "assistant", "content": content})
        sent = upstream.bodies[-1]["messages"]
        assert not any(secret in json.dumps(sent) for secret in SECRETS)
        assert all({"<PERSON_1>,", "<EMAIL_ADDRESS_1>."} <= set(m["content"].split()) for m in sent)


async def test_a_fallback_sees_what_it_may_see_and_no_more(
    serve: Any, ask: Any, played: Any, upstream: Upstream
) -> None:
    seen: list[bytes] = []

    async def failing(request: Any) -> None:
        seen.append(request.body)
        await request.send(b"HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n")

    models = {
        "own": {"url": await played(failing), "pii": "allow"},
        "others": {"url": await played(upstream)},
    }
    gate = await serve(models, guard=GUARD, rules=[{"name": "all", "choose": "static"}])
    reply = await ask(gate, TEXT)
    assert NAME.encode() in seen[0]
    assert NAME not in json.dumps(upstream.bodies[-1])
    assert reply.json()["choices"][0]["message"]["content"] == TEXT


async def test_a_failure_of_the_detector_sends_nothing_on(
    gate: Any, ask: Any, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    for place in (
        "pointsman.signals.pii.PiiDetector.__call__",
        "pointsman.exchange.measuring.measure",
        "pointsman.exchange.measuring.read",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, broken)
            assert (await ask(gate, TEXT)).status == 503
    with monkeypatch.context() as patch:  # not even a bug of ours sends it in plain text
        patch.setattr("pointsman.exchange.hiding.mask", broken)
        assert (await ask(gate, TEXT)).status == 500
    assert upstream.bodies == []
    assert (await ask(gate, TEXT)).status == 200


async def test_a_model_that_mangles_a_placeholder_leaks_nothing(
    serve: Any, ask: Any, played: Any
) -> None:
    mangled = "<person_1> <PERSON 1> PERSON_1 <PERSON_01> <PERSON_2> < PERSON_1>"

    async def answer(request: Any) -> None:
        message = {"role": "assistant", "content": f"{mangled} <PERSON_1>"}
        await request.send_json(json.dumps({"choices": [{"message": message}]}).encode())

    gate = await serve({"m": {"url": await played(answer)}}, guard=GUARD)
    reply = await ask(gate, f"I am {NAME}.")
    assert reply.json()["choices"][0]["message"]["content"] == f"{mangled} {NAME}"
