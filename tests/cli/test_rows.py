"""JSON Lines in, JSON Lines out: what `classify` and `route` share."""

import json
from pathlib import Path
from typing import Any

import pytest

HELLO = b'{"text": "hello"}\n'


@pytest.fixture(params=["classify", "route"])
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_each_line_has_its_line_in_order(command: str, run: Any, config: str) -> None:
    lines = [json.dumps({"id": n, "text": f"text {n}"}) for n in range(7)]
    done = run(command, "-c", config, stdin="\n".join(lines).encode())
    assert (done.status, done.err) == (0, "")
    assert [row["id"] for row in done.rows()] == list(range(7))
    assert not any("error" in row for row in done.rows())


@pytest.mark.parametrize("identity", ["a", 7, None, [1], {"a": 1}, 2**70])
def test_ids_of_any_kind_and_other_keys_are_carried(
    identity: Any, command: str, run: Any, config: str
) -> None:
    given = {"text": "hi", "id": identity, "label": "math", "nested": {"a": [1.5, None]}}
    (row,) = run(command, "-c", config, stdin=json.dumps(given).encode()).rows()
    assert row["id"] == identity
    assert row["input"] == {"label": "math", "nested": {"a": [1.5, None]}}


def test_a_row_without_other_keys_carries_nothing(command: str, run: Any, config: str) -> None:
    (row,) = run(command, "-c", config, stdin=HELLO).rows()
    assert "id" not in row
    assert "input" not in row


def test_a_whole_chat_request_is_a_row(command: str, run: Any, config: str) -> None:
    request = {
        "id": "x",
        "model": "auto",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "What is 2+2?"}]}],
        "max_tokens": 9000,
    }
    (row,) = run(command, "-c", config, stdin=json.dumps(request).encode()).rows()
    assert row["id"] == "x"
    assert row["input"] == {"model": "auto", "max_tokens": 9000}
    assert "error" not in row


@pytest.mark.parametrize(
    ("line", "code", "param"),
    [
        (b"{", "invalid_json", None),
        (b"hello", "invalid_json", None),
        (b"[1]", "invalid_json", None),
        (b"null", "invalid_json", None),
        (b'{"text": "\xff"}', "invalid_json", None),
        (b'{"text": "\\ud800"}', "invalid_json", None),
        (b"[" * 5000 + b"]" * 5000, "invalid_json", None),
        (b"{}", "invalid_request", "text"),
        (b'{"text": 7}', "invalid_request", "text"),
        (b'{"text": null}', "invalid_request", "text"),
        (b'{"messages": []}', "invalid_request", "messages"),
        (b'{"messages": 7}', "invalid_request", "messages"),
    ],
)
def test_a_bad_line_is_an_error_in_its_place_and_the_rest_goes_on(
    line: bytes, code: str, param: str | None, command: str, run: Any, config: str
) -> None:
    done = run(command, "-c", config, stdin=HELLO + line + b"\n" + HELLO)
    good, bad, again = done.rows()
    assert done.status == 1
    assert set(bad["error"]) == {"message", "type", "param", "code"}
    assert (bad["error"]["code"], bad["error"]["param"]) == (code, param)
    assert "error" not in good
    assert "error" not in again


def test_a_bad_line_keeps_its_id_and_other_keys(command: str, run: Any, config: str) -> None:
    (row,) = run(command, "-c", config, stdin=b'{"id": 3, "text": 4, "label": "a"}').rows()
    assert row["id"] == 3
    assert row["input"] == {"label": "a"}
    assert "error" in row


def test_blank_lines_are_no_rows(command: str, run: Any, config: str) -> None:
    done = run(command, "-c", config, stdin=b"\n  \n" + HELLO + b"\r\n\n")
    assert (done.status, len(done.rows())) == (0, 1)


def test_no_input_is_no_output(command: str, run: Any, config: str) -> None:
    done = run(command, "-c", config)
    assert (done.status, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize("text", ["", " ", "\u0000", "a" * 200_000, "\N{GRINNING FACE}" * 99])
def test_every_text_is_read(text: str, command: str, run: Any, config: str) -> None:
    done = run(command, "-c", config, stdin=json.dumps({"text": text}).encode())
    assert (done.status, len(done.rows())) == (0, 1)


def test_rows_come_from_a_file_or_from_standard_input(
    command: str, run: Any, config: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"id": 1, "text": "in the file"}')
    assert [row["id"] for row in run(command, "-c", config, str(path)).rows()] == [1]
    typed = run(command, "-c", config, "-", stdin=b'{"id": 2, "text": "typed"}')
    assert [row["id"] for row in typed.rows()] == [2]


@pytest.mark.parametrize("name", ["nowhere.jsonl", "."])
def test_a_file_that_cannot_be_read_ends_with_2(
    name: str, command: str, run: Any, config: str, tmp_path: Path
) -> None:
    done = run(command, "-c", config, str(tmp_path / name))
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"pointsman {command}: {tmp_path}")
    assert "cannot be read" in done.err
