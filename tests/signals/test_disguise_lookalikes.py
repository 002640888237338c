"""The ASCII letters that letters of other scripts look like."""

from unicodedata import category

from pointsman.signals.disguise_lookalikes import lookalikes


def test_each_letter_of_another_script_looks_like_one_sign_of_ascii() -> None:
    for letter, seeming in lookalikes().items():
        assert not letter.isascii()
        assert category(letter).startswith("L")
        assert len(seeming) == 1
        assert seeming.isalpha() or seeming in ".,"


def test_bold_greek_looks_like_what_plain_greek_looks_like() -> None:
    assert lookalikes()["\U0001d6d0"] == lookalikes()["\u03bf"] == "o"
