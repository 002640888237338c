import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from pointsman.training import train


def parsed(*args: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return parser.parse_args(args)


def test_reading_the_options_imports_neither_torch_nor_onnx() -> None:
    code = "import sys, pointsman.training.train; print({'torch', 'onnx'} & set(sys.modules))"
    found = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert found.stdout.strip() == "set()"


def test_the_data_folder_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTSMAN_DATA", "elsewhere")
    assert parsed("--out", "out").data == Path("elsewhere")
    monkeypatch.delenv("POINTSMAN_DATA")
    assert parsed("--out", "out").data == Path("../shared/data")


def test_a_run_can_be_shortened_and_resumed() -> None:
    args = parsed("--out", "out", "--epochs", "1", "--max-tokens", "64", "--resume")
    assert (args.epochs, args.max_tokens, args.resume) == (1, 64, True)


def test_half_precision_is_only_used_when_asked_for() -> None:
    assert not parsed("--out", "out").bf16
    assert parsed("--out", "out", "--bf16").bf16


def test_the_out_folder_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed()
    assert "--out" in capsys.readouterr().err
