"""Records are written off the request path, whole, and none is dropped."""

import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pointsman.errors import ConfigError
from pointsman.observe.record import DecisionRecord
from pointsman.observe.writer import RecordWriter

MakeRecord = Callable[[str], DecisionRecord]


@pytest.fixture
def a_record(plain_record: DecisionRecord) -> MakeRecord:
    return lambda decision_id: msgspec.structs.replace(plain_record, id=decision_id)


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_bytes().splitlines()]


def writer_to(where: Path | str, **options: Any) -> RecordWriter:
    return RecordWriter(str(where), **{"max_bytes": 10**6, "keep_files": 3, **options})


def test_all_that_was_kept_is_written_in_order_before_it_closes(
    tmp_path: Path, a_record: MakeRecord
) -> None:
    where = tmp_path / "decisions.jsonl"
    where.write_text('{"id": "earlier"}\n')
    writer = writer_to(where)
    for number in range(1000):
        writer.keep(a_record(f"dec_{number}"))
    writer.close()
    assert ids(where) == ["earlier", *(f"dec_{number}" for number in range(1000))]


def test_eight_threads_lose_and_tear_no_line_across_rotations(
    tmp_path: Path, a_record: MakeRecord
) -> None:
    writer = writer_to(tmp_path / "d", max_bytes=50_000, keep_files=1000)

    def keep_many(thread: int) -> None:
        for number in range(500):
            writer.keep(a_record(f"{thread}-{number}"))

    threads = [threading.Thread(target=keep_many, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    files = list(tmp_path.iterdir())
    assert len(files) > 20
    assert all(path.stat().st_size <= 50_000 for path in files)
    found = sorted(one for path in files for one in ids(path))
    assert found == sorted(f"{t}-{n}" for t in range(8) for n in range(500))


def test_a_record_is_explained_off_the_way_of_whoever_keeps_it(
    tmp_path: Path, a_record: MakeRecord
) -> None:
    kept = threading.Event()

    def explain(record: DecisionRecord) -> DecisionRecord:
        assert kept.wait(60)  # would never come if `keep` waited for this
        return msgspec.structs.replace(record, counterfactual="would go elsewhere")

    writer = writer_to(tmp_path / "d", explain=explain)
    writer.keep(a_record("dec_1"))
    kept.set()
    writer.close()
    assert json.loads((tmp_path / "d").read_bytes())["counterfactual"] == "would go elsewhere"


def test_a_full_queue_makes_its_callers_wait_and_drops_nothing(
    tmp_path: Path, a_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.observe.writer.QUEUED", 2)
    begun, goes_on = threading.Event(), threading.Event()

    def explain(record: DecisionRecord) -> DecisionRecord:
        begun.set()
        assert goes_on.wait(60)
        return record

    writer = writer_to(tmp_path / "d", explain=explain)
    writer.keep(a_record("first"))
    assert begun.wait(60)  # the writer's thread holds the first one, the queue is empty

    def keep_nine() -> None:
        for number in range(9):
            writer.keep(a_record(str(number)))

    late = threading.Thread(target=keep_nine)
    late.start()
    while not writer._queue.full():
        pass
    assert late.is_alive()
    goes_on.set()
    late.join()
    writer.close()
    assert ids(tmp_path / "d") == ["first", *map(str, range(9))]


def test_a_record_without_its_explanation_is_kept_all_the_same(
    tmp_path: Path, a_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    def explain(record: DecisionRecord) -> DecisionRecord:
        raise KeyError(f"words of the prompt of {record.id}")

    writer = writer_to(tmp_path / "d", explain=explain)
    for number in range(3):
        writer.keep(a_record(str(number)))
    writer.close()
    assert ids(tmp_path / "d") == ["0", "1", "2"]
    assert caplog.messages == ["a record is not explained: KeyError"]


def test_a_record_that_has_no_json_form_harms_no_other(
    tmp_path: Path, a_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    writer = writer_to(tmp_path / "d")
    writer.keep(msgspec.structs.replace(a_record("odd"), reasons=(object(),)))
    writer.keep(a_record("next"))
    writer.close()
    assert ids(tmp_path / "d") == ["next"]
    assert caplog.messages == ["record odd is lost: TypeError"]


def test_a_disk_that_fails_is_reported_once_with_a_count(
    a_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs a device that is always full")
    writer = writer_to("/dev/full")
    for number in range(700):  # more than one write
        writer.keep(a_record(str(number)))
    writer.close()
    assert caplog.messages == [
        "decision records are being lost, answers go on: No space left on device",
        "decision records: 700 are lost",
    ]


def test_a_disk_that_works_again_says_what_was_lost(
    tmp_path: Path, a_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    seen = threading.Event()

    def explain(record: DecisionRecord) -> DecisionRecord:
        if record.id == "1":
            (folder / "d").unlink()
            folder.rmdir()
        if record.id == "3":
            folder.mkdir()
        seen.set()
        return record

    writer = writer_to(folder / "d", explain=explain)
    for number in range(5):
        writer.keep(a_record(str(number)))
        # One at a time: each is a batch of its own.
        while not writer._queue.empty() or not seen.is_set():
            pass
        seen.clear()
    writer.close()
    lost = [message for message in caplog.messages if "lost" in message]
    assert lost[0] == "decision records are being lost, answers go on: No such file or directory"
    assert lost[1].startswith("decision records are written again;")
    assert ids(folder / "d")[-1] == "4"


def test_a_file_that_cannot_be_put_aside_is_reported_once(
    tmp_path: Path, a_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "d.1").mkdir()
    (tmp_path / "d.1" / "in the way").touch()
    writer = writer_to(tmp_path / "d", max_bytes=2000, keep_files=1)
    for number in range(700):
        writer.keep(a_record(str(number)))
    writer.close()
    assert len(ids(tmp_path / "d")) == 700
    (message,) = caplog.messages
    assert message.startswith("the file of decision records cannot be put aside: ")


def test_records_may_go_to_standard_output(capsysbinary: Any, a_record: MakeRecord) -> None:
    writer = writer_to("-")
    writer.keep(a_record("dec_1"))
    writer.close()
    assert json.loads(capsysbinary.readouterr().out)["id"] == "dec_1"


def test_a_closed_standard_output_loses_records_and_harms_nothing(
    a_record: MakeRecord, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.TextIOWrapper(io.BytesIO())
    closed.close()
    monkeypatch.setattr("sys.stdout", closed)
    writer = writer_to("-")
    writer.keep(a_record("dec_1"))
    writer.close()
    assert "decision records: 1 are lost" in caplog.messages


WRITES_FOR_EVER = """
import itertools, sys, msgspec
from pointsman.observe.record import DecisionRecord
from pointsman.observe.writer import RecordWriter

record = msgspec.json.decode(sys.argv[2], type=DecisionRecord)
writer = RecordWriter(sys.argv[1], max_bytes=200_000, keep_files=1000)
for number in itertools.count():
    writer.keep(msgspec.structs.replace(record, id=str(number)))
"""


def test_a_process_that_is_killed_loses_only_what_still_waited(
    tmp_path: Path, a_record: MakeRecord
) -> None:
    where = tmp_path / "d"
    words = [str(where), msgspec.json.encode(a_record("x")).decode()]
    process = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, *words])  # noqa: S603  # ours
    try:
        while not (tmp_path / "d.3").exists():
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    writer = writer_to(where)
    writer.keep(a_record("last"))
    writer.close()
    files = sorted(tmp_path.iterdir(), key=lambda path: -int(path.suffix.removeprefix(".") or 0))
    lines = b"".join(path.read_bytes() for path in files).splitlines()
    whole = [line for line in lines if line.endswith(b"}")]
    assert len(lines) - len(whole) <= 1  # what was being written when it was killed
    found = [json.loads(line)["id"] for line in whole]
    assert found == [*map(str, range(len(whole) - 1)), "last"]


def test_a_place_that_cannot_take_records_is_an_error_of_the_config(tmp_path: Path) -> None:
    for where in (tmp_path, tmp_path / "no folder" / "d"):
        with pytest.raises(ConfigError, match=r"cannot be written to .*records\.file"):
            writer_to(where)
