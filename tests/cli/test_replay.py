"""`pointsman replay`: from files of records to a report."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pointsman.config.build import load_setup
from pointsman.exchange.settle import settle
from pointsman.router import Router
from pointsman.wire.usage import Usage

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
    - {name: rest, use: [small, large], choose: RESTS}
"""
TEXTS = ("What is 2+2?", "Give me a name for a cat.", "The sum of 3 and 4?", "Say hello.")


@pytest.fixture
def old(config_file: Callable[[str], Path]) -> Path:
    return config_file(CONFIG.replace("RESTS", "static"))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """As the old one, but that everything goes to the small model."""
    path = tmp_path / "new.yaml"
    text = CONFIG.replace(
        "use: large, reasoning: {mode: on, effort: high}", "use: small, choose: static"
    )
    path.write_text(text.replace("RESTS", "static"))
    return path


@pytest.fixture
def records(
    old: Path, tmp_path: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> list[bytes]:
    """What a gateway under the old config would have recorded of the texts."""
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)
    router, lines = Router(load_setup(old)), []
    for number, text in enumerate(TEXTS):
        plan = router.route({"messages": [{"role": "user", "content": text}]})
        told = Usage(prompt_tokens=10, completion_tokens=100 * (number + 1))
        record = settle(plan.record, plan.card, told, outcome="answered", status=200, attempts=())
        lines.append(msgspec.json.encode(msgspec.structs.replace(record, id=f"dec_{number}")))
    (tmp_path / "decisions.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    return lines


@pytest.fixture
def replay(run: Any, records: list[bytes], tmp_path: Path) -> Any:
    """Run the command on the file of records unless files are given."""
    assert records
    where = str(tmp_path / "decisions.jsonl")
    return lambda *words, files=(where,), stdin=b"": run("replay", *files, *words, stdin=stdin)


def test_the_same_config_changes_nothing(replay: Any, old: Path) -> None:
    told = replay("-c", str(old))
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith(f"4 of 4 records decided again under {old} (policy ")
    assert "Changed: 0.0 % (0.0 % to 0.0 %) of the decisions" in told.out
    assert "Traceback" not in told.out


def test_another_config_says_what_it_would_change(replay: Any, new: Path) -> None:
    (report,) = replay("-c", str(new), "--json").rows()
    assert report["decided"] == 4
    assert report["changed"]["value"] == 0.5
    assert [
        (kind["before"], kind["after"], kind["rule_before"], kind["records"])
        for kind in report["changes"]
    ] == [("large, reasoning on (high)", "small, reasoning off", "sums", 2)]
    assert report["usd"]["after"] < report["usd"]["before"]
    assert report["usd"]["change"]["high"] <= 0
    assert report["measured"]["records"] == 4
    assert report["reasons"]["before"] == 0.5
    assert report["reasons"]["after"] == 0
    assert any(note.startswith("measured: ") for note in report["notes"])


def test_two_configs_are_held_against_one_another(replay: Any, old: Path, new: Path) -> None:
    words = ("-c", str(old), "--against", str(new), "--json")
    (report,) = replay(*words).rows()
    assert report["names"]["against"] == str(new)
    assert (report["changed"]["value"], report["changes"][0]["after"]) == (
        0.5,
        "large, reasoning on (high)",
    )


def test_rotated_gzipped_and_piped_files_are_read_alike(
    replay: Any, records: list[bytes], old: Path, tmp_path: Path
) -> None:
    (tmp_path / "d.1").write_bytes(records[0] + b"\n")
    (tmp_path / "d.2.gz").write_bytes(gzip.compress(records[1] + b"\n"))
    files = (str(tmp_path / "d.1"), str(tmp_path / "d.2.gz"), "-")
    told = replay("-c", str(old), files=files, stdin=b"\n".join(records[2:]))
    assert (told.status, told.out[:16]) == (0, "4 of 4 records d")


def test_a_limit_takes_the_first_records(replay: Any, old: Path) -> None:
    assert replay("-c", str(old), "--limit", "3").out.startswith("3 of 3 records ")


def test_bad_lines_are_named_at_the_end_and_the_rest_is_decided(
    replay: Any, records: list[bytes], old: Path, tmp_path: Path
) -> None:
    where = tmp_path / "mixed"
    where.write_bytes(b"\n".join([records[0], b'{"id": 1}', *[b"no"] * 30, records[1]]))
    told = replay("-c", str(old), files=(str(where),))
    assert told.status == 1
    assert told.out.startswith("2 of 33 records ")
    first, *_, last = told.err.splitlines()
    assert first == f"{where}:2: no decision record: Expected `str`, got `int` - at `$.id`"
    assert last == "and 11 more bad lines"
    assert len(told.err.splitlines()) == 21


def test_what_was_not_measured_is_counted_and_the_mend_is_said(
    replay: Any, old: Path, tmp_path: Path
) -> None:
    path = tmp_path / "guarded.yaml"
    guard = "    - {name: attacks, when: {jailbreak: p, above: 0.9}, use: large}\n"
    path.write_text(old.read_text().replace("  rules:\n", f"  rules:\n{guard}"))
    told = replay("-c", str(path))
    assert told.status == 0
    assert told.out.startswith("0 of 4 records ")
    assert "4 records: the new config asks for what was not measured of them" in told.out
    assert "jailbreak.p in 4" in told.out
    assert "mend: " in told.out


def test_a_signal_that_decides_nothing_may_be_missing(
    replay: Any, old: Path, tmp_path: Path
) -> None:
    path = tmp_path / "guarded.yaml"
    guard = "    - {name: attacks, when: {jailbreak: p, above: 0.9}, use: large}\n"
    path.write_text(old.read_text().replace("    - {name: rest", f"{guard}    - {{name: rest"))
    (report,) = replay("-c", str(path), "--json").rows()
    assert (report["decided"], report["lacks"]) == (2, {"jailbreak.p": 2})


def test_a_model_that_is_gone_is_decided_again(replay: Any, old: Path, tmp_path: Path) -> None:
    path = tmp_path / "renamed.yaml"
    text = old.read_text().replace("large:", "huge:").replace("large", "huge")
    path.write_text(text.replace("name: huge, ", ""))
    (report,) = replay("-c", str(path), "--json").rows()
    assert (report["decided"], report["gone"]) == (4, {"large": 2})
    assert report["changes"][0]["before"] == "large, reasoning on (high)"
    assert "not in the new config, so as expected at the time: large (2)" in report["notes"]


def test_scores_give_quality(replay: Any, old: Path, tmp_path: Path) -> None:
    scores = tmp_path / "scores.jsonl"
    lines = [{"id": f"dec_{number}", "score": number / 4} for number in range(4)]
    scores.write_text("".join(json.dumps(line) + "\n" for line in lines) + "bad\n")
    told = replay("-c", str(old), "--feedback", str(scores), "--json")
    (report,) = told.rows()
    assert told.status == 1
    assert told.err.startswith(f"{scores}:5: no score: ")
    found = report["feedback"]
    assert (found["records"], found["scores"], found["certain"]) == (4, 4, 1.0)
    assert found["recorded"]["value"] == found["snips"]["value"] == found["ips"]["value"] == 0.375
    assert any("WARNING: the old policy left nothing to chance" in one for one in report["notes"])


def test_recorded_outcomes_give_exact_quality(
    run: Any, old: Path, new: Path, tmp_path: Path
) -> None:
    rows = []
    for text in TEXTS:
        sums = "sum" in text or "2+2" in text
        small = {"text": text, "model": "small", "correct": int(not sums), "tokens": 10}
        large = {"text": text, "model": "large", "mode": "high", "correct": 1, "tokens": 100}
        rows += [small, large]
    where = tmp_path / "outcomes.jsonl"
    where.write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = ("replay", "--outcomes", str(where), "-c", str(old), "--against", str(new))
    told = run(*words)
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith("4 of 4 questions compared ")
    (report,) = run(*words, "--json").rows()
    scores = [each["score"]["value"] for each in report["contestants"]]
    assert scores == [1.0, 0.5, 0.5, 1.0, 0.75, 1.0]
    assert report["contestants"][1]["lead"]["value"] == 0.5
    (report,) = run(*words, "--json", "--limit", "2").rows()
    assert report["questions"] == 2


def test_wrong_use_says_what_is_wrong(run: Any, replay: Any, old: Path, tmp_path: Path) -> None:
    told = replay("-c", str(old), "--outcomes", "--feedback", "scores")
    assert told.status == 2
    assert "outcomes hold their own scores" in told.err
    told = replay("-c", str(old), "--limit", "0")
    assert told.status == 2
    assert "expected 1 or more, got 0" in told.err
    told = replay("-c", str(old), "--jobs", "many")
    assert told.status == 2
    told = replay("-c", str(old), files=(str(tmp_path / "nothing"),))
    assert (told.status, told.out) == (2, "")
    assert "nothing: cannot be read: No such file or directory" in told.err
    assert run("replay").status == 2
    (tmp_path / "empty").touch()
    told = replay("-c", str(old), "--outcomes", files=(str(tmp_path / "empty"),))
    assert (told.status, told.err) == (
        2,
        f"pointsman replay: {tmp_path / 'empty'}: no outcomes in it\n",
    )


def test_help_teaches(run: Any) -> None:
    told = run("replay", "--help")
    assert told.status == 0
    for flag in ("--against", "--feedback", "--outcomes", "--limit", "--jobs", "--json"):
        assert flag in told.out
    assert "Nothing is sent anywhere" in told.out
    assert "Exit status: 0 fine" in told.out
