"""A file of lines that is put aside when it is full."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pointsman.observe.rotation import RotatingFile, TornError


def lines(*names: str) -> list[bytes]:
    return [name.encode() + b"\n" for name in names]


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What a full disk does: the write that crosses the bound ends early, the next one fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def named(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_lines_are_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "d"
    path.write_text("a\n")
    file = RotatingFile(path, max_bytes=100, keep=2)
    file.append(lines("b", "c"))
    file.close()
    assert path.read_text() == "a\nb\nc\n"


def test_full_files_move_up_and_the_oldest_goes(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "d", max_bytes=4, keep=2)
    for name in "abcdefg":
        file.append(lines(name))
    file.close()
    assert named(tmp_path) == {"d": "g\n", "d.1": "e\nf\n", "d.2": "c\nd\n"}


def test_a_batch_may_fill_several_files(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "d", max_bytes=4, keep=9)
    file.append(lines(*"abcde"))
    file.close()
    assert named(tmp_path) == {"d": "e\n", "d.1": "c\nd\n", "d.2": "a\nb\n"}


def test_with_none_to_keep_a_full_file_is_thrown_away(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "d", max_bytes=4, keep=0)
    file.append(lines("a", "b", "c"))
    file.close()
    assert named(tmp_path) == {"d": "c\n"}


def test_a_line_that_is_longer_than_a_file_has_one_to_itself(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "d", max_bytes=4, keep=5)
    file.append(lines("a", "much longer", "b"))
    file.close()
    assert named(tmp_path) == {"d": "b\n", "d.1": "much longer\n", "d.2": "a\n"}


def test_a_gap_in_the_numbers_is_filled_before_anything_is_lost(tmp_path: Path) -> None:
    (tmp_path / "d.1").write_text("old\n")
    (tmp_path / "d.3").write_text("older\n")
    file = RotatingFile(tmp_path / "d", max_bytes=2, keep=3)
    file.append(lines("a", "b"))
    file.close()
    assert named(tmp_path) == {"d": "b\n", "d.1": "a\n", "d.2": "old\n", "d.3": "older\n"}


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "d"
    file = RotatingFile(path, max_bytes=100, keep=1)
    file.append(lines("a"))
    path.rename(tmp_path / "by-logrotate")
    file.append(lines("b"))
    path.unlink()
    file.append(lines("c"))
    file.close()
    assert named(tmp_path) == {"by-logrotate": "a\n", "d": "c\n"}


def test_a_file_that_another_process_has_put_aside_is_followed(tmp_path: Path) -> None:
    ours, theirs = (RotatingFile(tmp_path / "d", max_bytes=4, keep=9) for _ in range(2))
    for name in "abc":
        ours.append(lines(name))
        theirs.append(lines(name.upper()))
    ours.close()
    theirs.close()
    assert named(tmp_path) == {"d": "c\nC\n", "d.1": "b\nB\n", "d.2": "a\nA\n"}


def test_half_a_line_of_a_process_that_was_killed_is_not_glued_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "d"
    path.write_text('a\n{"id": "de')
    file = RotatingFile(path, max_bytes=100, keep=1)
    file.append(lines("b"))
    file.append(lines("c"))
    file.close()
    assert path.read_text() == 'a\n{"id": "de\nb\nc\n'


def test_a_full_disk_leaves_whole_lines_and_says_how_many(tmp_path: Path) -> None:
    path = tmp_path / "d"
    file = RotatingFile(path, max_bytes=1000, keep=1)
    file.append(lines("a"))
    with no_file_larger_than(9), pytest.raises(TornError) as caught:
        file.append(lines("bb", "cc", "dd"))  # room for bb, cc and half of dd
    assert (caught.value.errno, caught.value.written) == (errno.EFBIG, 2)
    assert path.read_text() == "a\nbb\ncc\n"
    file.append(lines("ee"))
    file.close()
    assert path.read_text() == "a\nbb\ncc\nee\n"


@given(
    names=st.lists(st.text("xyz", min_size=1, max_size=9), min_size=1, max_size=12),
    size=st.integers(1, 40),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_the_disk_is_full_no_line_is_torn(
    names: list[str], size: int, tmp_path: Path
) -> None:
    path = tmp_path / "d"
    path.unlink(missing_ok=True)
    file, written = RotatingFile(path, max_bytes=1000, keep=1), len(names)
    with no_file_larger_than(size):
        try:
            file.append(lines(*names))
        except TornError as error:
            written = error.written
    assert path.read_text().splitlines() == names[:written]
    file.append(lines("end"))
    file.close()
    assert path.read_text().splitlines() == [*names[:written], "end"]


def test_a_folder_that_is_gone_loses_lines_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    file = RotatingFile(folder / "d", max_bytes=100, keep=1)
    (folder / "d").unlink()
    folder.rmdir()
    with pytest.raises(TornError, match="No such file") as caught:
        file.append(lines("a"))
    assert caught.value.written == 0
    folder.mkdir()
    file.append(lines("b"))
    file.close()
    assert named(folder) == {"d": "b\n"}


def test_a_file_that_cannot_be_put_aside_grows_rather_than_lose_lines(tmp_path: Path) -> None:
    (tmp_path / "d.1").mkdir()
    (tmp_path / "d.1" / "in the way").touch()
    file = RotatingFile(tmp_path / "d", max_bytes=4, keep=1)
    file.append(lines(*"abcde"))
    assert isinstance(vars(file)["stuck"], OSError)
    assert (tmp_path / "d").read_text() == "a\nb\nc\nd\ne\n"
    (tmp_path / "d.1" / "in the way").unlink()
    (tmp_path / "d.1").rmdir()
    file.append(lines("f"))
    file.close()
    assert file.stuck is None
    assert named(tmp_path) == {"d": "f\n", "d.1": "a\nb\nc\nd\ne\n"}


def test_a_pipe_is_only_written_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    file = RotatingFile(path, max_bytes=4, keep=1)
    file.append(lines(*"abc", "longer than a file"))
    assert os.read(end, 100) == b"a\nb\nc\nlonger than a file\n"
    file.close()
    os.close(end)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
