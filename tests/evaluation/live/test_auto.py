"""The arm that a router decides: in this process, or through a running gateway."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pointsman.config.build import Setup
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.errors import ConfigError, PointsmanError
from pointsman.gateway.server import Server

WAIT_S = 20.0


def config_of(url: str, **card: Any) -> str:
    """One model; a rule has it reason on what speaks of `math`, and not on the rest."""
    models = {"m": {"url": url, "name": "m-v1", "family": "qwen3", **card}}
    sums = {"name": "sums", "when": {"keywords": "sums"}, "use": "m", "reasoning": "on"}
    rest = {"name": "rest", "use": "m", "reasoning": "off"}
    words = {"sums": ["math", "jars"]}
    return json.dumps({"models": models, "keywords": words, "policy": {"rules": [sums, rest]}})


@contextmanager
def gateway(setup: Setup) -> Iterator[str]:
    """Run a gateway in a thread of its own; its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def until_done(awaitable: Any) -> None:
        asyncio.run_coroutine_threadsafe(awaitable, loop).result(WAIT_S)

    server = Server(setup, None, lambda _record: None)
    try:
        until_done(server.__aenter__())
        yield f"{server.url}/v1"
        until_done(server.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(autouse=True)
def one_encoder(encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """One loaded graph serves all tests."""
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)


def checked(report: Any, lines: list[Any], model: Any) -> None:
    auto = report.caps[0].arms[-1]
    assert (auto.arm, auto.n, auto.reasoned, auto.violations) == ("auto", 8, 0.5, 0)
    assert auto.routed == {"m, on": 4, "m, off": 4}
    rows = [line for line in lines if line["mode"] == "auto"]
    for row in rows:
        is_sum = row["category"] == "math"
        assert row["routed_reasoning"] == ("on" if is_sum else "off")
        assert row["routed_rule"] == ("sums" if is_sum else "rest")
        assert (row["model"], row["routed_model"]) == ("m", "m")
        assert row["reasoned"] == is_sum
    routed = [body for body in model.requests if body["model"] == "m-v1"]
    assert len(routed) == 9  # one to try the arm
    assert all("enable_thinking" in body["chat_template_kwargs"] for body in routed)


def test_a_router_in_this_process_decides(
    model: Any, run: Any, questions: Any, lines: Any, config_file: Callable[[str], Path]
) -> None:
    questions(4)
    config = config_file(config_of(model.url))
    report = run("--arms", "off,on,auto", "-c", str(config))
    checked(report, lines(), model)
    assert report.asked.router == f"this process, with {config}"
    assert report.bundle
    off, on, auto = report.caps[0].arms
    assert auto.from_on is not None
    assert auto.from_off is not None
    assert (off.n, on.n) == (8, 8)


@pytest.mark.e2e
def test_a_running_gateway_decides(
    model: Any, run: Any, questions: Any, lines: Any, a_setup: Callable[[str], Setup]
) -> None:
    questions(4)
    config = json.loads(config_of(model.url)) | {"server": {"port": 0}}
    with gateway(a_setup(json.dumps(config))) as url:
        report = run("--arms", "auto", "--router-url", url)
        checked(report, lines(), model)
        assert report.asked.router == url
        assert (report.asked.server, report.bundle, report.switches) == (None, None, {})


def test_a_model_that_does_not_follow_the_router_is_told_apart_before_the_run(
    model: Any, run: Any, questions: Any, config_file: Callable[[str], Path]
) -> None:
    questions(1)
    model.obeys = model.thinks = False
    with pytest.raises(PointsmanError) as caught:
        run("--arms", "auto", "-c", str(config_file(config_of(model.url))))
    assert "the router said reasoning on for m" in caught.value.message


def test_a_question_that_no_model_can_take_is_a_failure(
    model: Any, run: Any, questions: Any, config_file: Callable[[str], Path], tmp_path: Path
) -> None:
    questions(2, ("law",))
    path = tmp_path / "questions.jsonl"
    path.write_text(path.read_text().replace("Of law", "Of law " + "and more " * 16000))
    config = config_file(config_of(model.url, context_window=8000))
    report = run("--arms", "auto", "-c", str(config))
    assert report.caps[0].arms[0].failed == {"no_candidate": 2}


def test_a_key_that_the_config_names_must_be_there(
    model: Any, run: Any, questions: Any, config_file: Callable[[str], Path]
) -> None:
    questions(1)
    config = config_file(config_of(model.url, api_key_env="NO_SUCH_KEY"))
    with pytest.raises(ConfigError, match="NO_SUCH_KEY"):
        run("--arms", "auto", "-c", str(config))
