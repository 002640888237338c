"""Notes of uses: the last of each entry, bounded, and taken once."""

import pytest

from pointsman.cache.uses import Uses


def test_the_last_use_of_each_entry_is_kept_in_the_order_of_their_numbers() -> None:
    uses = Uses()
    for number, now in [(2, 1.0), (1, 2.0), (2, 3.0)]:
        uses.note(number, now)
    assert uses.taken() == [(1, 2.0), (2, 3.0)]
    assert uses.taken() == []


def test_the_oldest_note_is_lost_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.cache.uses.MOST", 2)
    uses = Uses()
    for number, now in [(1, 1.0), (2, 2.0), (1, 3.0), (3, 4.0)]:
        uses.note(number, now)
    assert uses.taken() == [(1, 3.0), (3, 4.0)]
