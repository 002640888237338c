"""`pointsman bench latency` from end to end, as little of it as can be."""

import json
from pathlib import Path

import pytest

from pointsman.cli import main
from pointsman.evaluation import BENCHES, PLANNED
from pointsman.evaluation.stages import LENGTHS, STAGES

QUICK = ("bench", "latency", "--repeat", "1", "--no-reference", "--no-gateway")


def test_the_json_holds_the_whole_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "latency.json"
    assert main([*QUICK, "--json", "--out", str(out)]) == 0
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert report == json.loads(out.read_text())
    assert captured.err == ""  # no terminal, no progress
    assert set(report) == {
        "benchmark",
        "machine",
        "bundle",
        "max_tokens",
        "reference_ratio_at_128",
        "reference_shape",
        "rows",
        "throughput",
        "footprint",
        "gateway",
        "seconds",
    }
    assert report["benchmark"] == "latency"
    assert report["reference_ratio_at_128"] is report["gateway"] is None
    assert [row["tokens"] for row in report["rows"]] == [*LENGTHS, 128, 128]
    assert [row["all_signals"] for row in report["rows"]] == [False] * 6 + [True]
    assert [row["read"] for row in report["rows"][:-1]] == [16, 64, 128, 256, 256, 0]
    assert report["rows"][-1]["read"] > 128
    for row in report["rows"]:
        assert set(row["stages"]) == set(STAGES)
        assert all(set(one) == {"n", "p50_ms", "p99_ms"} for one in row["stages"].values())
    assert [one["tokens"] for one in report["throughput"]] == [128] * len(report["throughput"])
    assert set(report["footprint"]["commands"]) == {"pointsman --help", "pointsman explain hi"}


@pytest.mark.parametrize("name", ["nonsense", *PLANNED])
def test_a_benchmark_that_is_not_there_is_wrong_use(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", name])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert f"`{name}`" in error
    assert all(there in error for there in BENCHES)


@pytest.mark.parametrize(
    "words",
    [
        ("--no-gateway", "--litellm", "python"),
        ("--out", "/no/such/folder/latency.json"),
    ],
)
def test_wrong_use_is_said_before_anything_is_measured(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "latency", *words]) == 2
    assert words[-2] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "extra"), [((), "bench"), (("--no-reference",), "serve")], ids=["onnx", "aiohttp"]
)
def test_a_missing_package_is_said_with_its_extra(
    words: tuple[str, ...],
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert main(["bench", "latency", *words]) == 2
    assert f"pip install 'pointsman[{extra}]'" in capsys.readouterr().err


def test_a_count_below_one_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", "latency", "--repeat", "0"])
    assert ended.value.code == 2
    assert "--repeat" in capsys.readouterr().err
