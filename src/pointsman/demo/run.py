"""The demo: model servers, the router in front of them, real requests through both."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from pointsman.catalog.models import Catalog
from pointsman.config.build import load_setup
from pointsman.demo.prompts import DemoRequest
from pointsman.demo.standin import StandIn, StandInModel
from pointsman.gateway.server import Server
from pointsman.observe.record import DecisionRecord
from pointsman.wire.sse import ChatStream
from pointsman.wire.usage import Usage, read_usage

TEMPLATE = Path(__file__).parent / "demo.yaml"
BIG = "thinker"
"""The model of the comparison: always this one, always thinking."""

STANDINS = {
    "light": StandInModel(name="light-4b", family="none", answer_tokens=120),
    "writer": StandInModel(name="writer-20b", family="gpt-oss", answer_tokens=160),
    BIG: StandInModel(name="thinker-235b", family="qwen3", answer_tokens=160, thinking_tokens=600),
}
_SIDE_BY_SIDE = 8


class Row(msgspec.Struct, frozen=True):
    """What became of one demo request: through the router, and straight to the big model.

    `usage` and `baseline` are tokens as the model servers reported them.
    """

    request: DemoRequest
    record: DecisionRecord
    status: int
    usage: Usage
    baseline: Usage
    usd: float
    usd_baseline: float


class Demo:
    """A running demo: the router's server, the big model and the decision records so far."""

    def __init__(
        self, server: Server, big_url: str, config: Path, records: dict[str, DecisionRecord]
    ) -> None:
        self.server = server
        self.big_url = big_url
        self.config = config
        self.records = records

    @property
    def catalog(self) -> Catalog:
        """The models behind the router."""
        gateway = self.server.gateway
        assert gateway is not None  # noqa: S101  # it runs
        return gateway.router.setup.world.catalog


@asynccontextmanager
async def running_demo(
    *, port: int, tokens_per_second: float, more_models: str = ""
) -> AsyncIterator[Demo]:
    """Start the model servers and the router; stop them in the end.

    Args:
        port: Where the router listens; 0 takes a free port.
        tokens_per_second: How fast the stand-ins write.
        more_models: Lines of YAML for further models.
    """
    async with AsyncExitStack() as stack:
        urls = {}
        for name, model in STANDINS.items():
            paced = msgspec.structs.replace(model, tokens_per_second=tokens_per_second)
            urls[name] = (await stack.enter_async_context(StandIn(paced))).url
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pointsman-demo-")))
        config = folder / "pointsman.yaml"
        config.write_text(config_text(urls, port, more_models), encoding="utf-8")
        records: dict[str, DecisionRecord] = {}
        server = Server(
            load_setup(config), config, lambda record: records.update({record.id: record})
        )
        await stack.enter_async_context(server)
        yield Demo(server, urls[BIG], config, records)


def config_text(urls: dict[str, str], port: int, more_models: str) -> str:
    """Return the demo's config with the addresses filled in."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, url in urls.items():
        text = text.replace(f"@{name}@", url)
    text = text.replace("\npolicy:", f"{more_models}\npolicy:")
    return f"{text}\nserver: {{port: {port}}}\n"


async def send_all(
    demo: Demo, requests: Sequence[DemoRequest], on_row: Callable[[Row], None]
) -> list[Row]:
    """Send the requests, several at once; those of one conversation one after the other."""
    groups: dict[str, list[DemoRequest]] = {}
    for index, request in enumerate(requests):
        groups.setdefault(request.conversation or f"#{index}", []).append(request)
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def send_group(session: aiohttp.ClientSession, group: list[DemoRequest]) -> list[Row]:
        rows = []
        async with gate:
            for request in group:
                rows.append(await _send(demo, session, request))
                on_row(rows[-1])
        return rows

    async with aiohttp.ClientSession() as session:
        done = await asyncio.gather(*(send_group(session, group) for group in groups.values()))
    by_title = {row.request.title: row for rows in done for row in rows}
    return [by_title[request.title] for request in requests]


async def _send(demo: Demo, session: aiohttp.ClientSession, request: DemoRequest) -> Row:
    headers = {"x-session-id": request.conversation} if request.conversation else {}
    url = f"{demo.server.url}/v1/chat/completions"
    status, usage, answered = await _ask(session, url, dict(request.body), headers)
    models = demo.catalog.models
    record = demo.records[answered["x-pointsman-decision-id"]]
    if not record.model:  # refused: nothing was asked, and nothing is compared
        return Row(request, record, status, Usage(), Usage(), 0.0, 0.0)
    always = {
        **request.body,
        "model": models[BIG].upstream_name,
        "chat_template_kwargs": {"enable_thinking": True},
    }
    _, baseline, _ = await _ask(session, f"{demo.big_url}/chat/completions", always, {})
    return Row(
        request=request,
        record=record,
        status=status,
        usage=usage,
        baseline=baseline,
        usd=models[record.model].prices.bill(usage),
        usd_baseline=models[BIG].prices.bill(baseline),
    )


async def _ask(
    session: aiohttp.ClientSession, url: str, body: dict[str, Any], headers: dict[str, str]
) -> tuple[int, Usage, dict[str, str]]:
    """Ask as a client would, streamed or not as the body says; returns what it took."""
    if body.get("stream"):
        body = {**body, "stream_options": {"include_usage": True}}
    async with session.post(url, json=body, headers=headers) as response:
        answer = await response.read()
        usage = read_usage(answer)
        if response.content_type == "text/event-stream":
            events = ChatStream()
            events.feed(answer)
            usage = events.usage
        return response.status, usage or Usage(), dict(response.headers)
