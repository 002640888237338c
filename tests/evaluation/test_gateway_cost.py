"""Servers in processes of their own, a handful of requests."""

import asyncio
import sys

import aiohttp
import pytest

from pointsman.errors import PointsmanError
from pointsman.evaluation.gateway_cost import CONCURRENCIES, measure_gateway
from pointsman.evaluation.mock_upstream import ANSWER, MockUpstream
from pointsman.evaluation.servers import mock_server, version_of

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\ncontent-length: 5\r\n\r\n12345"


class _Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)


@pytest.mark.parametrize("step", [1, 7, len(REQUEST), 3 * len(REQUEST)])
def test_the_mock_answers_each_request_once_however_its_bytes_come(step: int) -> None:
    transport, mock = _Transport(), MockUpstream()
    mock.connection_made(transport)
    stream = 3 * REQUEST
    for at in range(0, len(stream), step):
        mock.data_received(stream[at : at + step])
    assert transport.written.count(b"HTTP/1.1 200 OK") == 3
    assert transport.written.endswith(ANSWER)


async def test_the_mock_runs_as_a_process_and_ends() -> None:
    async with mock_server() as mock, aiohttp.ClientSession() as client:
        for _ in range(3):
            async with client.post(mock.url, data=b"{}") as response:
                assert await response.read() == ANSWER
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession() as client, client.post(mock.url):
            pass


@pytest.mark.e2e
async def test_a_gateway_is_compared_with_asking_directly() -> None:
    said: list[str] = []
    cost = await measure_gateway("Hi", requests=10, litellm=None, say=said.append)
    assert said
    assert cost.litellm is None
    assert [(row.server, row.concurrency) for row in cost.rows] == [
        (server, concurrency) for concurrency in CONCURRENCIES for server in ("direct", "pointsman")
    ]
    assert all(row.requests == row.latency.n == 10 for row in cost.rows)
    assert [row.added_p50_ms for row in cost.rows if row.server == "direct"] == [0, 0]
    assert set(cost.memory) == {"direct", "pointsman"}


async def test_a_python_without_the_package_is_an_error_before_any_server_starts() -> None:
    with pytest.raises(PointsmanError, match="knows no no-such-package"):
        await version_of(sys.executable, "no-such-package")
    with pytest.raises(PointsmanError, match="does not run"):
        await version_of("/no/such/python", "litellm")


async def test_the_version_of_a_package_elsewhere_is_found() -> None:
    assert await version_of(sys.executable, "aiohttp") == aiohttp.__version__
