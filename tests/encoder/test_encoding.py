"""What one pass gives."""

from pointsman.encoder.encoding import UNREAD, Asked


def test_the_encoding_of_an_unread_text_says_nothing() -> None:
    assert (UNREAD.scores, UNREAD.measures, UNREAD.spans, UNREAD.tokens) == ({}, {}, {}, 0)
    assert UNREAD.embedding.size == 0
    assert not UNREAD.truncated
    assert (UNREAD.unread, UNREAD.passes) == (0, 0)


def test_nothing_is_asked_unless_somebody_asks() -> None:
    assert Asked() == Asked(frozenset(), frozenset())
    assert Asked().max_windows > 0
