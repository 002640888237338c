"""The demo's requests are many, varied, and accepted by a model server."""

import base64
import itertools
from collections import Counter
from typing import Any

import aiohttp
import msgspec
import pytest

from pointsman.demo.prompts import demo_requests
from pointsman.demo.prompts_long import log_book
from pointsman.demo.prompts_shaped import red_square
from pointsman.demo.standin import StandIn, StandInModel

GROUPS = {
    "arithmetic", "small talk", "translation", "facts", "proofs", "algebra", "physics",
    "chemistry", "code", "law", "medicine", "economics", "history", "creative",
    "other languages", "puzzles", "guard", "repeat", "tools", "formats", "roles", "wishes",
    "long context", "conversation",
}  # fmt: skip


def test_there_are_at_least_forty_eight_in_all_groups() -> None:
    requests = demo_requests()
    assert len(requests) >= 48
    assert {request.group for request in requests} == GROUPS


def test_titles_are_unique_and_short() -> None:
    titles = [request.title for request in demo_requests()]
    assert [title for title, count in Counter(titles).items() if count > 1] == []
    assert max(map(len, titles)) <= 28


def test_the_same_call_gives_the_same_bytes() -> None:
    assert msgspec.json.encode(demo_requests()) == msgspec.json.encode(demo_requests())


def test_a_conversations_turns_follow_one_another() -> None:
    turns = [request for request in demo_requests() if request.conversation]
    for name, group in itertools.groupby(turns, lambda request: request.conversation):
        bodies = [request.body["messages"] for request in group]
        assert len(bodies) == 3, name
        for before, after in itertools.pairwise(bodies):
            assert after[: len(before)] == before
            assert [message["role"] for message in after[len(before) :]] == ["assistant", "user"]
            assert all(message["content"] for message in after)


def test_all_let_the_router_choose_but_the_one_that_names_its_model() -> None:
    named_models = [r.title for r in demo_requests() if r.body["model"] != "auto"]
    assert named_models == ["a model of its own"]


def test_a_long_document_has_thousands_of_different_lines_and_one_needle() -> None:
    book = log_book(120)
    lines = book.splitlines()
    assert len(book.split()) > 3500
    assert len(set(lines)) == len(lines) == 121
    assert book.count("white horse") == 1


def test_the_image_is_a_png() -> None:
    head, encoded = red_square().split(",")
    assert head == "data:image/png;base64"
    png = base64.b64decode(encoded)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize("family", ["qwen3", "openai"])
async def test_a_model_server_answers_every_one(family: Any, client: aiohttp.ClientSession) -> None:
    models = [StandInModel(name=name, family=family) for name in ("auto", "thinker")]
    async with StandIn(*models) as server:
        for request in demo_requests():
            async with client.post(f"{server.url}/chat/completions", json=request.body) as response:
                assert response.status == 200, request.title
        assert server.answered == len(demo_requests())
