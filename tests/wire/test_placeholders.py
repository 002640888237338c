"""Placeholders: their names, and where a text holds them, or their beginning."""

import pytest

from pointsman.wire.placeholders import name_values, scan, typed_names

EMAIL, NAME = "EMAIL_ADDRESS", "PERSON"
VALUES = {"<PERSON_1>": 'A "B"\n', "<PERSON_12>": "C"}


def test_values_are_numbered_by_type_and_first_appearance() -> None:
    found = [(NAME, "Ann"), (EMAIL, "a@x.org"), (NAME, "Bob"), (NAME, "Ann"), (EMAIL, "A@x.org")]
    assert name_values(found, ()) == {
        (NAME, "Ann"): "<PERSON_1>",
        (EMAIL, "a@x.org"): "<EMAIL_ADDRESS_1>",
        (NAME, "Bob"): "<PERSON_2>",
        (EMAIL, "A@x.org"): "<EMAIL_ADDRESS_2>",
    }


def test_a_name_that_is_taken_is_skipped() -> None:
    names = name_values([(NAME, "Ann"), (NAME, "Bob")], {"<PERSON_1>", "<PERSON_3>"})
    assert list(names.values()) == ["<PERSON_2>", "<PERSON_4>"]


def test_a_tag_gives_the_number_and_the_later_of_two_takes_the_next() -> None:
    names = name_values(
        [(NAME, "Ann"), (NAME, "Bob"), (NAME, "Cid")], {"<PERSON_0042>"}, lambda *_: "0042"
    )
    assert list(names.values()) == ["<PERSON_43>", "<PERSON_44>", "<PERSON_45>"]
    assert name_values([(NAME, "Ann")], (), lambda *_: "0042") == {(NAME, "Ann"): "<PERSON_0042>"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "what is <PERSON_1>?"}',
        b'{"<PERSON_1>": 5}',
        b'{"a": "\\u003cPERSON_1\\u003E"}',
        b'{"a": "{\\"b\\": \\"\\\\u003cPERSON_1\\\\u003e\\"}"}',
        b'{"a": "<P\\u0045RSON\\u005f1>"}',
    ],
)
def test_what_looks_like_a_placeholder_is_found_however_it_is_escaped(body: bytes) -> None:
    assert "<PERSON_1>" in typed_names(body)


@pytest.mark.parametrize("body", [b'{"a": "PERSON_1"}', b'{"a": "<PERSON 1>"}', b'{"a": "<>"}'])
def test_other_text_is_no_placeholder(body: bytes) -> None:
    assert typed_names(body) == frozenset()


@pytest.mark.parametrize(
    ("text", "quoted", "said", "held"),
    [
        ("", False, "", ""),
        ("a <PERSON_1>.", False, 'a A "B"\n.', ""),
        ("<PERSON_1><PERSON_12>", False, 'A "B"\nC', ""),
        # Others, changed ones, and brackets of other kinds.
        ("<PERSON_2> <person_1> <PERSON_1 >", False, "<PERSON_2> <person_1> <PERSON_1 >", ""),
        ("<<PERSON_12>>", False, "<C>", ""),
        ("<PERSON_<PERSON_12>", False, "<PERSON_C", ""),
        ("\\u003cPERSON_1\\u003e", False, "\\u003cPERSON_1\\u003e", ""),
        # What may become one.
        ("a <", False, "a ", "<"),
        ("a <PERSON_1", False, "a ", "<PERSON_1"),
        ("a <PERSON_12", False, "a ", "<PERSON_12"),
        ("a <PERSON_13", False, "a <PERSON_13", ""),
        ("a <b", False, "a <b", ""),
        ("<PERSON_1> <P", False, 'A "B"\n ', "<P"),
        ("a\\", False, "a\\", ""),
        # In JSON.
        ('"<PERSON_1>"', True, '"A \\"B\\"\\n"', ""),
        ('"\\u003CPERSON_12\\u003e"', True, '"C"', ""),
        ('"<PERSON_12\\u003E"', True, '"C"', ""),
        ('"\\\\u003cPERSON_12\\\\u003e"', True, '"\\\\u003cPERSON_12\\\\u003e"', ""),
        ('"\\n\\u003cPERSON_12>', True, '"\\nC', ""),
        ('"\\u003cPERSON_13\\u003e', True, '"\\u003cPERSON_13\\u003e', ""),
        ("a\\", True, "a", "\\"),
        ("a\\\\", True, "a\\\\", ""),
        ("a\\\\\\", True, "a\\\\", "\\"),
        ("a\\u", True, "a", "\\u"),
        ("a\\u003", True, "a", "\\u003"),
        ("a\\u004", True, "a\\u004", ""),
        ("\\u003cPERS", True, "", "\\u003cPERS"),
        ("<PERSON_1\\", True, "", "<PERSON_1\\"),
        ("<PERSON_1\\u00", True, "", "<PERSON_1\\u00"),
        ("<PERSON\\", True, "<PERSON", "\\"),
        ("<x\\u003", True, "<x", "\\u003"),
        ("<x", True, "<x", ""),
    ],
)
def test_placeholders_become_values_and_what_may_become_one_is_held(
    text: str, said: str, held: str, *, quoted: bool
) -> None:
    edits, open_at = scan(text, VALUES, quoted=quoted)
    assert text[open_at:] == held
    out, at = "", 0
    for start, end, new in edits:
        out += text[at:start] + new
        at = end
    assert out + text[at:open_at] == said


@pytest.mark.parametrize("text", ["<", "\\", "<PERSON_1>"])
def test_without_values_nothing_is_held(text: str) -> None:
    assert scan(text, {}, quoted=True) == ([], len(text))
