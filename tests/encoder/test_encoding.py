"""What one pass gives."""

from pointsman.encoder.encoding import UNREAD


def test_the_encoding_of_an_unread_text_says_nothing() -> None:
    assert (UNREAD.scores, UNREAD.measures, UNREAD.tokens) == ({}, {}, 0)
    assert UNREAD.embedding.size == 0
    assert not UNREAD.truncated
