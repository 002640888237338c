"""What replay reads of a record."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.observe.record import DecisionRecord
from pointsman.replay.records import Kept, read_record

MakeLine = Callable[..., bytes]


def test_what_is_read_is_what_was_written(a_line: MakeLine) -> None:
    line = a_line(usage=(10, 20), total_ms=5.0)
    whole = msgspec.json.decode(line, type=DecisionRecord)
    kept = read_record(line)
    for name in Kept.__struct_fields__:
        assert getattr(kept, name) == getattr(whole, name)


def test_a_prompt_is_not_read(a_line: MakeLine) -> None:
    line = a_line().replace(b'"prompt":null', b'"prompt":[{"role":"user","content":"secret"}]')
    assert b"secret" in line
    assert "secret" not in repr(read_record(line))


@pytest.mark.parametrize(
    "change",
    [{"usd_estimated": True}, {"outcome": "broken"}, {"usd": None}, {"usage": None}],
)
def test_only_what_a_server_reported_of_a_whole_answer_is_measured(
    a_line: MakeLine, change: dict[str, object]
) -> None:
    kept = read_record(a_line(usage=(10, 20)))
    assert kept.measured is not None
    assert msgspec.structs.replace(kept, **change).measured is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "not valid JSON: "),
        (b"\xff", "not valid JSON: "),
        (b'{"x":' + b"[" * 5000, "not valid JSON: "),
        (b"[]", "no decision record: Expected `object`, got `array`"),
        (b'{"id": "dec_1"}', "no decision record: Object missing required field `policy`"),
    ],
)
def test_another_line_says_what_it_is_not(line: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_record(line)


def test_no_choice_has_no_chance(a_line: MakeLine) -> None:
    line = a_line().replace(b'"propensity":1.0', b'"propensity":0.0')
    with pytest.raises(ValueError, match="propensity"):
        read_record(line)
