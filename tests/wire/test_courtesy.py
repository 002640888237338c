"""What is a courtesy, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.wire.courtesy import COURTESY_CHARACTERS, is_courtesy


@pytest.mark.parametrize(
    "turn",
    [
        # en
        "thanks!",
        "Thank you so much!",
        "THANKS",
        "thx :)",
        "no, thanks.",
        "thanks a lot for the help",
        "that’s great, thank you",  # noqa: RUF001  # as phones type it
        # de
        "Danke",
        "Vielen Dank!",
        "danke dir für deine Hilfe",  # codespell:ignore
        "Nein danke",
        # fr
        "merci beaucoup",
        "Merci à vous !",  # codespell:ignore
        "Merci pour l'aide",
        # es
        "gracias",
        "¡Muchas gracias!",
        # it
        "Grazie mille",
        # pt
        "Muito obrigada",
        "obrigado pela ajuda",
        # nl
        "Dank je wel",  # codespell:ignore
        "bedankt voor de hulp",
        "🙏",
        "🙏🏽🙏🏽",
    ],
)
@pytest.mark.parametrize("after_question", [False, True])
def test_thanks_are_a_courtesy_whatever_was_asked(turn: str, *, after_question: bool) -> None:
    assert is_courtesy(turn, after_question=after_question)


@pytest.mark.parametrize(
    "turn",
    [
        "ok",
        "ok great",
        "Got it.",
        "perfect",
        "Super, alles klar",
        "das war toll!",
        "D'accord",
        "c'est parfait",
        "de acuerdo",
        "va bene",
        "tudo bem",
        "oké prima",
        "👍",
        "👍🏿",
        "❤️",
    ],
)
def test_assent_is_a_courtesy_unless_it_answers_a_question(turn: str) -> None:
    assert is_courtesy(turn)
    assert not is_courtesy(turn, after_question=True)


@pytest.mark.parametrize(
    "turn",
    [
        # Nothing, or nothing but words that stand beside.
        "",
        " ",
        "!",
        "so much",
        "no",
        # It tells the model to go on.
        "yes",
        "yes please",
        "ja",
        "oui",
        "sí",
        "go on",
        "more",
        # It asks or says something more.
        "ok?",
        "good?",
        "thanks, and for n=5?",
        "thanks but it is wrong",
        "ok now in French",
        "top 10",
        "not good",
        "danke, und auf Englisch?",
        "👎",
        "👍 next",
        "👍 + 1",
        # Too long to be worth a look.
        "thanks " * COURTESY_CHARACTERS,
    ],
)
def test_what_asks_or_says_anything_is_no_courtesy(turn: str) -> None:
    assert not is_courtesy(turn)


@given(st.text(max_size=COURTESY_CHARACTERS))
def test_what_is_left_to_answer_is_no_more_after_a_question(turn: str) -> None:
    assert is_courtesy(turn) or not is_courtesy(turn, after_question=True)


@given(
    st.sampled_from(["thanks", "Merci", "danke", "🙏"]), st.sampled_from(["", "!", "...", " :)"])
)
def test_punctuation_changes_nothing(turn: str, end: str) -> None:
    assert is_courtesy(turn + end)
