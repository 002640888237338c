"""Answers that are held back until they are judged, over real connections."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

CASCADE = {"name": "all", "choose": "cascade"}
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100}
COST = {"small": 0.0012, "large": 0.012}  # of USAGE, at the prices below
JSON = {"response_format": {"type": "json_object"}}
GOOD, BETTER = {"content": "Four."}, {"content": "It is four."}


def priced(url: str, name: str, dollars: int) -> dict[str, Any]:
    price = {"input": dollars, "output": 2 * dollars}
    return {"url": url, "name": name, "usd_per_million": price}


def body(message: dict[str, Any], finish: str = "stop", **fields: Any) -> bytes:
    choice = {"index": 0, "message": message, "finish_reason": finish} | fields
    # White space that no encoder of ours would write: bytes must stay as they came.
    return json.dumps({"id": "x", "choices": [choice], "usage": USAGE}, indent=1).encode()


def events(message: dict[str, Any], finish: str = "stop", **fields: Any) -> bytes:
    chunks = [
        {"choices": [{"index": 0, "delta": message} | fields]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]},
        {"choices": [], "usage": USAGE},
    ]
    written = [b"data:  " + json.dumps(chunk).encode() + b"\r\n\r\n" for chunk in chunks]
    return b"".join(written) + b"data: [DONE]\n\n"


def written(streamed: bool, message: dict[str, Any], **fields: Any) -> bytes:  # noqa: FBT001
    return (events if streamed else body)(message, **fields)


@pytest.fixture
def cascade(serve: Any, played: Any) -> Any:
    """Start a gateway whose models answer with given bytes; those that are none hang up."""

    async def start(
        small: bytes, large: bytes, *, rule: dict[str, Any] | None = None, **sections: Any
    ) -> Any:
        answers = {"small": small, "large": large}

        async def answer(request: Any) -> None:
            asked = json.loads(request.body)
            reply = answers[asked["model"]]
            if reply.startswith(b"HTTP/"):
                await request.send(reply)
                request.close()
            elif asked.get("stream"):
                await request.send_events(reply)
                request.close()
            else:
                await request.send_json(reply)

        url = await played(answer)
        models = {"small": priced(url, "small", 1), "large": priced(url, "large", 10)}
        return await serve(models, rules=[CASCADE | (rule or {})], **sections)

    return start


def asked_for(*, streamed: bool) -> dict[str, Any]:
    return {"stream": True, "stream_options": {"include_usage": True}} if streamed else {}


streams = pytest.mark.parametrize("streamed", [False, True])


@streams
async def test_a_good_first_answer_is_delivered_byte_for_byte(
    *, streamed: bool, cascade: Any, ask: Any
) -> None:
    first = written(streamed, GOOD)
    gate = await cascade(first, written(streamed, BETTER))
    reply = await ask(gate, **asked_for(streamed=streamed))
    assert (reply.status, reply.body) == (200, first)
    assert reply.headers["x-pointsman-model"] == "small"
    assert "x-pointsman-escalated" not in reply.headers
    (record,) = gate.records
    assert [(a.model, a.outcome, a.usd) for a in record.attempts] == [("small", "200", None)]
    assert (record.algorithm, record.outcome) == ("cascade", "answered")
    assert record.usd == pytest.approx(COST["small"])


HALF_A_CALL = {"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "{"}}]}
IMPROBABLE = {"logprobs": {"content": [{"logprob": -4.0}]}}


@streams
@pytest.mark.parametrize(
    ("message", "choice", "asked", "rule", "why"),
    [
        ({"content": ""}, {}, {}, {}, "empty answer"),
        ({"content": "Fou"}, {"finish": "length"}, {}, {}, "cut off"),
        (GOOD, {}, JSON, {}, "not the JSON that was asked for"),
        (HALF_A_CALL, {}, {}, {}, "tool arguments that are no JSON"),
        ({"content": "I'm not SURE."}, {}, {}, {"unsure": ["not sure"]}, "unsure by its words"),
        (GOOD, IMPROBABLE, {}, {"logprob_below": -2.0}, "unsure by its log-probabilities"),
    ],
)
async def test_an_answer_that_is_not_good_enough_is_made_up_for_by_the_next_model(
    message: dict[str, Any],
    choice: dict[str, Any],
    asked: dict[str, Any],
    rule: dict[str, Any],
    why: str,
    *,
    streamed: bool,
    cascade: Any,
    ask: Any,
) -> None:
    better = written(streamed, {"content": '{"is": "four"}'})
    gate = await cascade(written(streamed, message, **choice), better, rule={"cascade": rule})
    reply = await ask(gate, **asked_for(streamed=streamed), **asked)
    assert (reply.status, reply.body) == (200, better)
    assert reply.headers["x-pointsman-model"] == "large"
    assert reply.headers["x-pointsman-escalated"] == why
    (record,) = gate.records
    assert (record.model, record.outcome, record.rule) == ("large", "answered", "all")
    assert reply.headers["x-pointsman-decision-id"] == record.id
    rejected, last = record.attempts
    assert (rejected.model, rejected.outcome, last.outcome) == ("small", why, "200")
    assert (rejected.usage.completion_tokens, last.usage) == (100, None)
    assert rejected.usd == pytest.approx(COST["small"])
    assert record.usage.completion_tokens == 100
    assert record.usd == pytest.approx(COST["small"] + COST["large"])


@streams
@pytest.mark.parametrize(("text", "model"), [("a", "small"), ("", "large")])
async def test_a_long_answer_is_judged_as_a_short_one(
    text: str, model: str, *, streamed: bool, cascade: Any, ask: Any
) -> None:
    padding = "a" * 300_000
    first = written(streamed, {"content": text, "reasoning_content": padding})
    gate = await cascade(first, written(streamed, BETTER))
    reply = await ask(gate, **asked_for(streamed=streamed))
    assert reply.headers["x-pointsman-model"] == model
    assert reply.body == (first if model == "small" else written(streamed, BETTER))


@pytest.mark.parametrize(
    "first", [b"{", b"{}", b'{"choices": []}', b'{"error": {"message": "overloaded"}}']
)
async def test_an_answer_without_choices_is_not_good_enough(
    first: bytes, cascade: Any, ask: Any
) -> None:
    gate = await cascade(first, body(BETTER))
    reply = await ask(gate)
    assert reply.headers["x-pointsman-escalated"] == "no choices"
    assert reply.body == body(BETTER)
    assert gate.records[0].usd == pytest.approx(COST["large"])


@pytest.mark.parametrize(
    ("chunks", "rest", "why"),
    [(0, 30, "no choices"), (1, 0, "broken off"), (1, 30, "broken off")],
)
async def test_a_stream_that_breaks_off_while_it_is_held_costs_the_client_nothing(
    chunks: int, rest: int, why: str, cascade: Any, ask: Any
) -> None:
    pieces = events(GOOD).split(b"\r\n\r\n")
    broken = b"".join(piece + b"\r\n\r\n" for piece in pieces[:chunks]) + pieces[chunks][:rest]
    gate = await cascade(broken, events(BETTER))
    reply = await ask(gate, **asked_for(streamed=True))
    assert reply.body == events(BETTER)
    assert reply.headers["x-pointsman-escalated"] == why


async def test_a_body_shorter_than_announced_is_not_good_enough(cascade: Any, ask: Any) -> None:
    gate = await cascade(HEAD % (200, 5000) + body(GOOD), body(BETTER))
    reply = await ask(gate)
    assert reply.body == body(BETTER)
    assert reply.headers["x-pointsman-escalated"] == "broken off"


async def test_an_answer_that_broke_off_and_has_no_successor_ends_with_the_error(
    cascade: Any, ask: Any
) -> None:
    first = events(GOOD).split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    gate = await cascade(first, HEAD % (503, 2) + b"{}")
    reply = await ask(gate, **asked_for(streamed=True))
    assert reply.body.startswith(first)
    assert b"incomplete" in reply.body
    assert gate.records[0].outcome == "broken"


HEAD = b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


@streams
@pytest.mark.parametrize(
    ("second", "said"),
    [
        (HEAD % (503, 2) + b"{}", "503"),
        (HEAD % (422, 2) + b"{}", "422"),
        (HEAD % (200, 2) + b"{]", "no choices"),
        (HEAD % (200, 500) + b'{"choices":[', "no choices"),
        (b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\n\r\n", "no choices"),
        (
            b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\n\r\n" + events(BETTER)[:80],
            "broken off",
        ),
        (b"HTTP/", "disconnected"),
    ],
)
async def test_the_first_answer_is_better_than_an_escalation_that_fails(
    second: bytes, said: str, *, streamed: bool, cascade: Any, ask: Any
) -> None:
    first = written(streamed, {"content": "I do not know."})
    gate = await cascade(first, second, rule={"cascade": {"unsure": ["do not know"]}})
    reply = await ask(gate, **asked_for(streamed=streamed))
    assert (reply.status, reply.body) == (200, first)
    assert reply.headers["x-pointsman-model"] == "small"
    assert "x-pointsman-escalated" not in reply.headers
    (record,) = gate.records
    assert (record.model, record.outcome, record.status) == ("small", "answered", 200)
    assert record.attempts[0].outcome == "unsure by its words; delivered all the same"
    assert record.attempts[0].usage is None  # the record itself has it
    assert record.attempts[1].outcome == said
    assert record.usd == pytest.approx(COST["small"])


@streams
async def test_where_nothing_is_left_the_last_answer_is_delivered_as_it_is(
    *, streamed: bool, cascade: Any, ask: Any
) -> None:
    last = written(streamed, {"content": " "})
    gate = await cascade(written(streamed, {"content": ""}), last)
    reply = await ask(gate, **asked_for(streamed=streamed))
    assert (reply.status, reply.body) == (200, last)
    assert reply.headers["x-pointsman-model"] == "large"
    assert reply.headers["x-pointsman-escalated"] == "empty answer"
    (record,) = gate.records
    assert [a.outcome for a in record.attempts] == [
        "empty answer",
        "empty answer; delivered all the same",
    ]
    assert record.usd == pytest.approx(COST["small"] + COST["large"])


async def test_no_more_is_asked_than_the_operator_allows(cascade: Any, ask: Any) -> None:
    first = body({"content": ""})
    gate = await cascade(first, body(BETTER), upstream={"attempts": 1})
    assert (await ask(gate)).body == first
    (attempt,) = gate.records[0].attempts
    assert attempt.outcome == "empty answer; delivered all the same"


async def test_a_refusal_of_the_first_server_passes_unchanged(cascade: Any, ask: Any) -> None:
    gate = await cascade(HEAD % (422, 2) + b"{}", body(BETTER))
    reply = await ask(gate)
    assert (reply.status, reply.body) == (422, b"{}")
    assert reply.headers["x-pointsman-model"] == "small"
    assert len(gate.records[0].attempts) == 1


async def test_a_first_model_that_fails_leaves_the_rest_of_the_cascade(
    cascade: Any, ask: Any
) -> None:
    gate = await cascade(HEAD % (503, 2) + b"{}", body(BETTER))
    reply = await ask(gate)
    assert (reply.status, reply.body) == (200, body(BETTER))
    assert "x-pointsman-escalated" not in reply.headers


async def test_other_rules_deliver_what_comes(cascade: Any, ask: Any) -> None:
    gate = await cascade(body({"content": ""}), body(BETTER), rule={"choose": "static"})
    assert (await ask(gate)).body == body({"content": ""})


async def test_the_conversation_goes_on_with_the_model_that_answered(
    cascade: Any, ask: Any
) -> None:
    gate = await cascade(body({"content": ""}), body(BETTER))
    for _ in range(2):
        await ask(gate, headers={"x-session-id": "s"})
    assert [record.question.current for record in gate.records] == [None, "large"]


@streams
async def test_an_answer_too_large_to_hold_goes_out_unjudged(
    *, streamed: bool, cascade: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.gateway.cascading.MOST_HELD_BYTES", 10)
    first = written(streamed, {"content": ""})
    gate = await cascade(first, written(streamed, BETTER))
    reply = await ask(gate, **asked_for(streamed=streamed))
    assert reply.body == first
    assert gate.records[0].attempts[0].outcome == "200"
    assert gate.records[0].usage.completion_tokens == 100
