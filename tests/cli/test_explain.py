"""`pointsman explain`: one decision in words."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_a_decision_is_told_with_its_reasons_and_its_cost(run: Any, config: str) -> None:
    told = run("explain", "-c", config, "What is 2+2?")
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith("→ large, reasoning on (high)\n")
    assert "12 characters" in told.out
    assert "✔ sums: keywords.sums=1" in told.out
    assert "Expected cost $" in told.out
    assert '"reasoning_effort":"high"' in told.out


def test_rules_that_did_not_hold_are_told_too(run: Any, config: str) -> None:
    told = run("explain", "-c", config, "Say hello.")
    assert "✘ sums: keywords.sums=0" in told.out
    assert "✔ rest: always" in told.out


def test_json_is_the_row_of_route(run: Any, config: str) -> None:
    (told,) = run("explain", "-c", config, "--json", "What is 2+2?").rows()
    (routed,) = run("route", "-c", config, stdin=b'{"text": "What is 2+2?"}').rows()
    assert told == routed


def test_a_prompt_comes_from_standard_input(run: Any, config: str) -> None:
    (told,) = run("explain", "-c", config, "--json", "-", stdin="größer: 2+2".encode()).rows()
    assert told["decision"]["rule"] == "sums"


def test_a_whole_request_comes_from_a_file(run: Any, config: str, tmp_path: Path) -> None:
    path = tmp_path / "body.json"
    path.write_text(json.dumps({"model": "large", "messages": [{"role": "user", "content": "a"}]}))
    (told,) = run("explain", "-c", config, "--json", "--request", str(path)).rows()
    assert told["decision"]["rule"] == "named"
    words = run("explain", "-c", config, "--request", str(path))
    assert words.status == 0
    assert words.out.startswith("→ large\n")
    assert "Rules" not in words.out


@pytest.mark.parametrize("words", [(), ("hi", "--request", "body.json")])
def test_exactly_one_prompt_is_explained(words: tuple[str, ...], run: Any, config: str) -> None:
    told = run("explain", "-c", config, *words)
    assert (told.status, told.out) == (2, "")
    assert "give a TEXT or --request FILE" in told.err


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"{", "not valid JSON"), (b"\xff", "UTF-8")]
)
def test_a_bad_request_file_ends_with_2(
    content: bytes | None, said: str, run: Any, config: str, tmp_path: Path
) -> None:
    path = tmp_path / "body.json"
    if content is not None:
        path.write_bytes(content)
    told = run("explain", "-c", config, "--request", str(path))
    assert (told.status, told.out) == (2, "")
    assert said in told.err
    assert told.err.startswith("pointsman explain: ")


@pytest.mark.parametrize("words", [("-",), ("\udcff",)])
def test_a_prompt_that_is_not_utf_8_ends_with_2(
    words: tuple[str, ...], run: Any, config: str
) -> None:
    told = run("explain", "-c", config, *words, stdin=b"\xff")
    assert told.status == 2
    assert told.err == "pointsman explain: the prompt is not valid UTF-8\n"


def test_a_prompt_in_brackets_is_no_markup(run: Any, config: str) -> None:
    assert run("explain", "-c", config, "[/bold] [red]sum[/red]").status == 0


def test_attacks_personal_data_coverage_and_language_are_told_where_a_rule_looks_at_them(
    run: Any, guarded: str
) -> None:
    told = run("explain", "-c", guarded, "My SSN is 536-22-8714, as I told you on Monday.")
    assert told.status == 0
    assert told.out.startswith("→ small, reasoning off\n")
    lines = {words[0]: words[1:] for words in map(str.split, told.out.splitlines()) if words}
    assert lines["attacks"][0] == "jailbreak"
    assert "US_SSN" in lines["pii"]
    assert "10-21" in " ".join(lines["pii"])
    assert " ".join(lines["coverage"]) == "everything was read, 1 encoder passes"
    assert lines["language"][0] == "en"
    assert "536-22" not in told.out  # places, not the data themselves


def test_what_no_rule_looks_at_is_not_spoken_of(run: Any, config: str) -> None:
    told = run("explain", "-c", config, "My SSN is 536-22-8714.")
    assert not {"attacks", "pii", "coverage", "language"} & set(told.out.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Why is the sky blue?", "nothing found"),
        (", ".join(f"jane{n}@example.org" for n in range(9)), "and 3 more"),
    ],
)
def test_few_pieces_of_personal_data_are_told_one_by_one(
    text: str, said: str, run: Any, guarded: str
) -> None:
    assert said in " ".join(run("explain", "-c", guarded, text).out.split())


def test_unread_characters_are_told(run: Any, guarded: str) -> None:
    with open(guarded, "a", encoding="utf-8") as out:  # noqa: PTH123 - a path is a word here
        out.write("encoder: {max_windows: 1}\n")
    told = run("explain", "-c", guarded, "-", stdin=b"word " * 3000)
    assert "characters unread" in " ".join(told.out.split())
    assert "✔ unread: coverage.unread_characters" in told.out


def test_a_piece_of_personal_data_says_in_which_text_it_stands(
    run: Any, guarded: str, tmp_path: Path
) -> None:
    said = [("system", "SSN: 536-22-8714"), ("user", "Mine is 536-22-8715, what is yours?")]
    messages = [{"role": role, "content": content} for role, content in said]
    path = tmp_path / "body.json"
    path.write_text(json.dumps({"messages": messages}))
    told = " ".join(run("explain", "-c", guarded, "--request", str(path)).out.split())
    assert "at 5-16," in told
    assert "at 8-19 of text 2" in told


def test_the_most_probable_domains_are_told(run: Any) -> None:
    told = run("explain", "Prove that the square root of two is irrational.")
    (domain,) = [line for line in told.out.splitlines() if line.startswith("  domain")]
    assert domain.split()[1] == "math"
    assert "reasoning  p_gain" in told.out
