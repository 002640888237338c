"""Commands in this process, with one loaded encoder for all tests."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pointsman.cli import main
from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.onnx import OnnxEncoder

CONFIG = """
models:
  small: {url: "http://127.0.0.1:1/v1", name: tiny, family: qwen3,
          usd_per_million: {input: 0.1, output: 0.2}}
  large: {url: "http://127.0.0.1:2/v1", name: huge, family: gpt-oss,
          usd_per_million: {input: 1, output: 2}}
keywords: {sums: [sum, "2+2"]}
policy:
  rules:
    - {name: sums, when: {keywords: sums}, use: large, reasoning: {mode: on, effort: high}}
    - {name: rest, use: [small, large], choose: static}
"""


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(load_bundle(), first_tier=False)


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "pointsman.yaml"
    path.write_text(CONFIG)
    return str(path)


GUARDED = """
models:
  small: {url: "http://127.0.0.1:1/v1", name: tiny, family: qwen3}
  large: {url: "http://127.0.0.1:2/v1", name: huge, family: gpt-oss}
policy:
  rules:
    - {name: attacks, when: {jailbreak: p, above: 0.9}, use: large, choose: static}
    - {name: unread, when: {coverage: unread_characters}, use: large, choose: static}
    - {name: stays, when: {pii: US_SSN}, use: small, choose: static, reasoning: off}
    - {name: german, when: {language: de, above: 0.6}, use: large, choose: static}
    - {name: rest, use: small, choose: static, reasoning: off}
"""


@pytest.fixture
def guarded(tmp_path: Path) -> str:
    """A config whose rules look at attacks, personal data, coverage and language alone."""
    path = tmp_path / "guarded.yaml"
    path.write_text(GUARDED)
    return str(path)


class Outcome:
    """A command's exit status and what it wrote."""

    def __init__(self, status: int, out: bytes, err: bytes) -> None:
        self.status = status
        self.out = out.decode()
        self.err = err.decode()

    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(
    encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch, capsysbinary: Any
) -> Callable[..., Outcome]:
    """Run a command with bytes on its standard input."""
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)

    def call(*words: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        try:
            status = main(words)
        except SystemExit as end:  # argparse's way out
            status = int(end.code or 0)
        return Outcome(status, *capsysbinary.readouterr())

    return call
