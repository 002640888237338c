"""Operators' files: JSON Lines and tables, plain and gzipped."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pointsman.errors import ConfigError
from pointsman.observe.rows import judged_text, read_rows


class Row(msgspec.Struct):
    name: str
    score: float | None = None


LINES = b'{"name": "a", "score": 0.5, "more": 1}\n\n{"name": "b"}\n'
TABLE = b'name,score,more\r\na,0.5,1\r\n"b",,\r\n'


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("rows.jsonl", LINES, [1, 3]),
        ("rows.json", b"\xef\xbb\xbf" + LINES, [1, 3]),
        ("rows.csv", TABLE, [2, 3]),
        ("rows.jsonl.gz", gzip.compress(LINES), [1, 3]),
        ("rows.csv.gz", gzip.compress(TABLE), [2, 3]),
    ],
)
def test_the_name_says_the_form(
    tmp_path: Path, name: str, content: bytes, lines: list[int]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = list(read_rows(path, Row))
    assert [line for line, _ in found] == lines
    assert [row for _, row in found] == [Row("a", 0.5), Row("b")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rows.jsonl", b'{"name": "a"}\n{"name"', ":2: the line is not valid JSON"),
        ("rows.jsonl", b"[" * 100_000, ":1: the line is not valid JSON"),
        ("rows.jsonl", b'{"name": 1}', ":1: Expected `str`, got `int`"),
        ("rows.jsonl", b"{}", ":1: Object missing required field `name`"),
        ("rows.jsonl", b'{"name": "a", "score": "0.5"}', ":1: Expected `float | null`"),
        ("rows.jsonl", b'{"name": "\xff"}', ": not UTF-8 (byte 10)"),
        ("rows.csv", b"name,score\na,much\n", ":2: Expected `float | null`"),
        ("rows.csv", b"name\n" + b"a" * 200_000 + b"\n", ":1: field larger than field limit"),
        ("rows.jsonl.gz", b"no gzip", ": cannot be read: Not a gzipped file"),
        ("rows.jsonl.gz", gzip.compress(LINES)[:-12], ": cannot be read: "),
    ],
)
def test_a_wrong_file_is_named_with_its_line_and_not_its_text(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        list(read_rows(path, Row))
    assert refused.value.message.startswith(f"{path}{said}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.jsonl: cannot be read: No such file"):
        list(read_rows(tmp_path / "none.jsonl", Row))


def turn(content: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": content}


def test_the_text_that_is_read_is_the_one_a_request_would_be_judged_by() -> None:
    messages = [turn("Be brief.", "system"), turn("Prove it."), turn("Why?", "assistant")]
    assert judged_text(None, [*messages, turn("and for n=5?")], "x:1") == "Prove it.\nand for n=5?"
    assert judged_text("Hello", None, "x:1") == "Hello"
    assert judged_text(None, None, "x:1") is None


@pytest.mark.parametrize(
    ("text", "messages", "said"),
    [
        ("a", [turn("a")], "x:1: give `text` or `messages`, not both"),
        (None, [], "x:1: expected at least one message"),
        (None, [{"content": "a"}], "x:1: Object missing required field `role`"),
        (" \n", None, "x:1: there is no text to read"),
    ],
)
def test_a_row_without_a_text_to_read_is_refused(
    text: str | None, messages: list[dict[str, Any]] | None, said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        judged_text(text, messages, "x:1")
    assert refused.value.message.startswith(said)
