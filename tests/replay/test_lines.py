"""Files of records in pieces."""

import gzip
import io
from pathlib import Path

import pytest

from pointsman.errors import ConfigError
from pointsman.replay.lines import Piece, pieces


def test_lines_of_all_files_come_with_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"a\nb\n")
    (tmp_path / "d.1").write_bytes(b"c")
    found = list(pieces([str(tmp_path / "d"), str(tmp_path / "d.1")]))
    assert found == [
        Piece(str(tmp_path / "d"), 1, (b"a\n", b"b\n")),
        Piece(str(tmp_path / "d.1"), 1, (b"c",)),
    ]


def test_long_files_come_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.replay.lines._PIECE_BYTES", 4)
    (tmp_path / "d").write_bytes(b"a\nb\nc\nd\ne\n")
    found = list(pieces([str(tmp_path / "d")]))
    assert [(piece.start, len(piece.lines)) for piece in found] == [(1, 2), (3, 2), (5, 1)]


@pytest.mark.parametrize("name", ["d.gz", "d.2"])
def test_a_gzipped_file_is_known_by_its_beginning(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"a\n") + gzip.compress(b"b\n"))
    (piece,) = pieces([str(tmp_path / name)])
    assert piece.lines == (b"a\n", b"b\n")


def test_standard_input_may_be_gzipped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for raw in (b"a\nb\n", gzip.compress(b"a\nb\n")):
        stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(raw)))
        monkeypatch.setattr("sys.stdin", stdin)
        (piece,) = pieces(["-"])
        assert (piece.file, piece.lines) == ("-", (b"a\n", b"b\n"))


LINES = b"".join(b"line %d of a file\n" % number for number in range(20_000))


def test_a_file_that_is_cut_short_gives_what_is_there_and_says_where_it_ends(
    tmp_path: Path,
) -> None:
    raw = gzip.compress(LINES)
    (tmp_path / "d").write_bytes(raw[: len(raw) // 2])
    (tmp_path / "d.1").write_bytes(b"next\n")
    *found, last = pieces([str(tmp_path / "d"), str(tmp_path / "d.1")])
    assert last.lines == (b"next\n",)
    assert found[-1].broken
    read = b"".join(line for piece in found for line in piece.lines)
    assert LINES.startswith(read)
    assert len(read) > 1000


def test_a_file_that_is_damaged_says_so(tmp_path: Path) -> None:
    raw = bytearray(gzip.compress(LINES))
    raw[len(raw) // 2] ^= 0xFF
    (tmp_path / "d").write_bytes(raw)
    assert list(pieces([str(tmp_path / "d")]))[-1].broken


@pytest.mark.parametrize(("limit", "read"), [(1, "a"), (2, "ab"), (3, "abc"), (9, "abcd")])
def test_a_limit_counts_over_all_files(tmp_path: Path, limit: int, read: str) -> None:
    (tmp_path / "d").write_bytes(b"a\nb\n")
    (tmp_path / "e").write_bytes(b"c\nd\n")
    found = pieces([str(tmp_path / "d"), str(tmp_path / "e")], limit)
    assert b"".join(line for piece in found for line in piece.lines).decode().split() == list(read)


def test_a_file_that_cannot_be_read_is_named_before_any_is(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"a\n")
    with pytest.raises(ConfigError, match="nothing: cannot be read: No such file"):
        next(pieces([str(tmp_path / "d"), str(tmp_path / "nothing")]))
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        next(pieces([str(tmp_path)]))
