"""Masking: no value is left, a value keeps its name, and no other byte moves."""

import json
from typing import Any

import pytest

from pointsman.errors import MalformedJSONError
from pointsman.wire.literals import unescape
from pointsman.wire.masking import Masked, Seen, mask

PERSON, EMAIL, PHONE = "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER"
BOTH = (PERSON, EMAIL, PHONE)


def seen(text: str, *finds: tuple[str, str]) -> Seen:
    """Say that a detector has found (type, value) in a text, each where it stands first."""
    spans = [(kind, text.index(value), text.index(value) + len(value)) for kind, value in finds]
    return Seen(text, tuple(sorted(spans, key=lambda span: span[1])))


def chat(*messages: Any, **fields: Any) -> bytes:
    turns = [{"role": "user", "content": m} if isinstance(m, str) else m for m in messages]
    return json.dumps({"model": "m", "messages": turns} | fields).encode()


def masked(body: bytes, *texts: Seen, types: tuple[str, ...] = BOTH) -> tuple[Any, Masked]:
    out = mask(body, texts, types)
    return json.loads(out.body), out


def test_values_become_placeholders_and_are_given_back_with_their_counts() -> None:
    text = "I am Jane Roe, jane@x.org; Bob has bob@x.org. Jane Roe!"
    finds = ((PERSON, "Jane Roe"), (EMAIL, "jane@x.org"), (EMAIL, "bob@x.org"))
    body, out = masked(chat(text), seen(text, *finds))
    said = "I am <PERSON_1>, <EMAIL_ADDRESS_1>; Bob has <EMAIL_ADDRESS_2>. <PERSON_1>!"
    assert body["messages"][0]["content"] == said
    assert list(out.values) == ["<PERSON_1>", "<EMAIL_ADDRESS_1>", "<EMAIL_ADDRESS_2>"]
    assert list(out.values.values()) == ["Jane Roe", "jane@x.org", "bob@x.org"]
    assert out.counts == {PERSON: 1, EMAIL: 2}


@pytest.mark.parametrize("types", [(), ("OTHER",)])
def test_a_request_without_such_a_value_stays_byte_for_byte(types: tuple[str, ...]) -> None:
    body = chat("Jane")
    assert mask(body, [seen("Jane", (PERSON, "Jane"))], types) == Masked(body, {}, {})
    assert mask(body, [Seen("Jane", ())], BOTH) == Masked(body, {}, {})


def test_every_other_byte_stays() -> None:
    body = (
        b' {"model" :"m","temperature": 1.0,\t"x":{"a":1,"a":-0},"messages": [ '
        b'{"role":"user","content":"\\u00e9 \\/ Ann\\u0065, Anne\\n\\ud83d\\ude82\xc3\xa9"} ]}\r\n'
    )
    out = mask(body, [seen("é / Anne, Anne\n🚂é", (PERSON, "Anne"))], BOTH)
    assert out.body == body.replace(b"Ann\\u0065", b"<PERSON_1>").replace(b"Anne", b"<PERSON_1>")


def test_numbers_do_not_depend_on_the_types_that_are_masked() -> None:
    text = "Ann ann@x.org Bob"
    finds = seen(text, (PERSON, "Ann"), (EMAIL, "ann@x.org"), (PERSON, "Bob"))
    body, out = masked(chat(text), finds, types=(EMAIL,))
    assert body["messages"][0]["content"] == "Ann <EMAIL_ADDRESS_1> Bob"
    assert out.values == {"<EMAIL_ADDRESS_1>": "ann@x.org"}


def test_a_value_keeps_its_name_as_the_conversation_grows() -> None:
    turns = ["Ann and Bob", {"role": "assistant", "content": "Bob, Ann, Cid"}, "Cid, Ann"]
    texts = [
        seen("Ann and Bob", (PERSON, "Ann"), (PERSON, "Bob")),
        seen("Bob, Ann, Cid"),
        seen("Cid, Ann", (PERSON, "Cid"), (PERSON, "Ann")),
    ]
    first, _ = masked(chat(*turns[:1]), *texts[:1])
    whole, _ = masked(chat(*turns), *texts)
    assert first["messages"] == whole["messages"][:1]
    said = [message["content"] for message in whole["messages"]]
    assert said[1:] == ["<PERSON_2>, <PERSON_1>, <PERSON_3>", "<PERSON_3>, <PERSON_1>"]


@pytest.mark.parametrize(
    "typed",
    ["<PERSON_1>", '{"a": "\\u003cPERSON_1\\u003e"}'],
)
def test_a_placeholder_that_was_typed_stands_for_nothing(typed: str) -> None:
    for body in (chat("Ann " + typed), chat("Ann", tools=[{"function": {"description": typed}}])):
        said = json.loads(body)["messages"][0]["content"]
        after, out = masked(body, seen(said, (PERSON, "Ann")))
        assert out.values == {"<PERSON_2>": "Ann"}
        assert after["messages"][0]["content"] == said.replace("Ann", "<PERSON_2>")


def test_a_tag_names_values_in_keyed_mode() -> None:
    text = "Ann, Bob"
    finds = [seen(text, (PERSON, "Ann"), (PERSON, "Bob"))]
    out = mask(chat(text), finds, BOTH, tag=lambda kind, value: str(len(kind + value)))
    assert out.values == {"<PERSON_9>": "Ann", "<PERSON_10>": "Bob"}


def test_what_a_detector_missed_in_one_place_is_replaced_too() -> None:
    text = "I am Jane Roe"
    body, out = masked(
        chat(
            {"role": "system", "content": "Help Jane Roe, not Jane Roebuck."},
            {"role": "user", "content": [{"type": "text", "text": text}], "name": "Jane"},
            {"role": "assistant", "refusal": "No, Jane Roe", "reasoning_content": "Jane Roe?"},
            tools=[{"type": "function", "function": {"name": "f", "description": "of Jane Roe"}}],
            user="Jane Roe",
            metadata={"Jane Roe": ["Jane Roe", 5]},
        ),
        seen(text, (PERSON, "Jane Roe")),
    )
    assert [message["content"] for message in body["messages"][:2]] == [
        "Help <PERSON_1>, not Jane Roebuck.",
        [{"type": "text", "text": "I am <PERSON_1>"}],
    ]
    assert body["messages"][2]["refusal"] == "No, <PERSON_1>"
    assert body["messages"][2]["reasoning_content"] == "<PERSON_1>?"
    assert body["tools"][0]["function"]["description"] == "of <PERSON_1>"
    assert body["user"] == "<PERSON_1>"
    assert body["metadata"] == {"Jane Roe": ["<PERSON_1>", 5]}
    assert out.counts == {PERSON: 1}


def test_a_short_value_is_replaced_only_where_it_was_seen() -> None:
    text = "Al pays 12 to Al"
    body, _ = masked(chat(text, "Al has 12"), seen(text, (PERSON, "Al"), (PHONE, "12")))
    said = [message["content"] for message in body["messages"]]
    assert said == ["<PERSON_1> pays <PHONE_NUMBER_1> to Al", "Al has 12"]


@pytest.mark.parametrize(
    ("text", "spans", "said"),
    [
        # A longer value of another text covers a find.
        ("Ann Lee", [(PERSON, 0, 3)], "<PERSON_1>"),
        ("see Ann Lee", [(PERSON, 8, 11)], "see <PERSON_1>"),
        # One that sticks out is cut, so that nothing of it is left.
        ("Ann Lee Ltd", [("ORG", 4, 11)], "<PERSON_1><ORG_1>"),
        ("Mr Ann Lee", [("ORG", 0, 6)], "<ORG_1> Lee"),
        # What is left of a word beside a find is a word.
        ("xxAnn Lee", [(PERSON, 0, 2)], "<PERSON_2><PERSON_1>"),
        ("Ann Leexx", [(PERSON, 7, 9)], "<PERSON_1><PERSON_2>"),
        # White space around a find is none of the value; a find of nothing is none.
        ("a  Ann Lee  b", [(PERSON, 2, 12), (PERSON, 11, 12)], "a  <PERSON_1>  b"),
    ],
)
def test_a_find_and_a_known_value_may_overlap(
    text: str, spans: list[tuple[str, int, int]], said: str
) -> None:
    texts = [
        seen("Ann Lee", (PERSON, "Ann Lee")),
        Seen("- " + text, tuple((k, a + 2, b + 2) for k, a, b in spans)),
    ]
    body, _ = masked(chat("Ann Lee", "- " + text), *texts, types=(PERSON, "ORG"))
    assert body["messages"][1]["content"] == "- " + said


CALL = {"id": "Ann", "type": "function"}


def call(arguments: str) -> dict[str, Any]:
    calls = [CALL | {"function": {"name": "Ann", "arguments": arguments}}]
    return {"role": "assistant", "content": None, "tool_calls": calls}


@pytest.mark.parametrize(
    ("arguments", "spans", "after", "values"),
    [
        ('{"to": "Ann"}', [(8, 11)], '{"to": "<PERSON_1>"}', ["Ann"]),
        # The value is what the escapes say; a span that cuts one is widened.
        ('{"to": "An \\"A\\" B"}', [(8, 18)], '{"to": "<PERSON_1>"}', ['An "A" B']),
        ('{"to": "An \\"A\\" B"}', [(8, 15)], '{"to": "<PERSON_1> B"}', ['An "A"']),
        ('{"to": "Ren\\u00e9e x"}', [(8, 13)], '{"to": "<PERSON_1>e x"}', ["René"]),
        # One find per string; brackets and quotes are nobody's.
        (
            '{"a": "Ann", "b": "Lee"}',
            [(7, 22)],
            '{"a": "<PERSON_1>", "<PERSON_2>": "<PERSON_3>"}',
            ["Ann", "b", "Lee"],
        ),
        # A number becomes a string: a placeholder is none.
        ('{"n": 5551234}', [(6, 13)], '{"n": "<PERSON_1>"}', ["5551234"]),
        ('{"n": -5551234.0, "m": 1}', [(7, 14)], '{"n": "<PERSON_1>", "m": 1}', ["-5551234.0"]),
        # A key is text to the model.
        ('{"Ann": 1}', [(2, 5)], '{"<PERSON_1>": 1}', ["Ann"]),
        # Where JSON is cut off, it is plain text.
        ('{"to": "An \\"A', [(8, 14)], '{"to": "<PERSON_1>', ['An \\"A']),
    ],
)
def test_finds_in_arguments_keep_them_json(
    arguments: str, spans: list[tuple[int, int]], after: str, values: list[str]
) -> None:
    texts = Seen(arguments, tuple((PERSON, start, end) for start, end in spans))
    body, out = masked(chat(call(arguments)), texts)
    assert body["messages"][0]["tool_calls"] == [
        CALL | {"function": {"name": "Ann", "arguments": after}}
    ]
    assert list(out.values.values()) == values


def test_values_are_found_in_arguments_however_they_are_escaped() -> None:
    text = 'I am René "Ré" Roe, 5551234'
    arguments = '{"a":"x\\nRen\\u00e9 \\"R\\u00E9\\" Roe","b":[5551234,5551235],"c":"\\/ 5551234"}'
    old = {"role": "assistant", "function_call": {"name": "f", "arguments": arguments}}
    body, _ = masked(
        chat(text, call(arguments), old),
        seen(text, (PERSON, 'René "Ré" Roe'), (PHONE, "5551234")),
        seen(arguments),
    )
    after = '{"a":"x\\n<PERSON_1>","b":["<PHONE_NUMBER_1>",5551235],"c":"\\/ <PHONE_NUMBER_1>"}'
    assert body["messages"][1]["tool_calls"][0]["function"]["arguments"] == after
    assert body["messages"][2]["function_call"]["arguments"] == after


def test_json_in_a_tools_result_is_searched_for_escaped_values() -> None:
    text = 'I am "Ré" Roe'
    result = {"role": "tool", "content": json.dumps({"n": ['"Ré" Roe', "\nAnn"]})}
    finds = [seen(text, (PERSON, '"Ré" Roe')), seen("Ann", (PERSON, "Ann"))]
    body, out = masked(chat(text, result, "Ann"), *finds)
    assert json.loads(body["messages"][1]["content"]) == {"n": ["<PERSON_1>", "\n<PERSON_2>"]}
    assert out.values["<PERSON_1>"] == '"Ré" Roe'


@pytest.mark.parametrize(
    ("role", "name", "after"),
    [
        ("user", "Ann", "PERSON_1"),
        ("user", "x-Ann", "x-PERSON_1"),
        ("tool", "Ann", "Ann"),
        ("function", "Ann", "Ann"),
    ],
)
def test_a_participants_name_gets_no_brackets_and_a_tools_stays(
    role: str, name: str, after: str
) -> None:
    message = {"name": name, "content": "x", "role": role, "tool_call_id": "Ann"}
    body, _ = masked(chat("Ann", message), seen("Ann", (PERSON, "Ann")))
    assert body["messages"][1] == message | {"name": after}


def test_what_the_api_reads_stays() -> None:
    fixed = {
        "model": "Ann",
        "tools": [{"function": {"name": "Ann", "parameters": {"required": ["Ann"]}}}],
        "tool_choice": {"type": "function", "function": {"name": "Ann"}},
    }
    body, _ = masked(chat("Ann", **fixed), seen("Ann", (PERSON, "Ann")))
    assert {key: body[key] for key in fixed} == fixed


def test_what_was_seen_in_several_strings_read_as_one_is_looked_for_everywhere() -> None:
    tools = [{"function": {"name": "f", "description": "Asks Al\nor Bo", "parameters": {"Bo": 1}}}]
    joined = seen("Asks Al\nor Bo\nBo", (PERSON, "Al"))
    body, out = masked(chat("Al? Also!", tools=tools), seen("Al? Also!"), joined)
    assert body["tools"][0]["function"]["description"] == "Asks <PERSON_1>\nor Bo"
    assert body["messages"][0]["content"] == "<PERSON_1>? Also!"
    assert out.missed == {}


def test_what_was_found_and_could_not_be_replaced_is_told() -> None:
    text = "Bo Li met Ann"
    body = chat(text, metadata={"Ann Lee": "Cy"})
    finds = [
        seen(text, (PERSON, "Bo Li")),
        seen("x Ann Lee\nBo", (PERSON, "Ann Lee"), (PERSON, "Bo")),
    ]
    after, out = masked(body, *finds)
    assert after["messages"][0]["content"] == "<PERSON_1> met Ann"
    assert out.missed == {PERSON: 1}  # the key; "Bo" is gone with "Bo Li"


def test_a_text_that_is_seen_twice_has_the_finds_of_both() -> None:
    texts = [Seen("Al, Bo", spans) for spans in (((PERSON, 4, 6),), ((PERSON, 0, 2),), ())]
    body, _ = masked(chat("Al, Bo"), *texts)
    assert body["messages"][0]["content"] == "<PERSON_2>, <PERSON_1>"


def test_a_value_of_two_types_spreads_under_the_first() -> None:
    texts = [seen("Ann", (PERSON, "Ann")), seen("in Ann", ("CITY", "Ann")), seen("o Ann")]
    body, out = masked(chat("Ann", "in Ann", "o Ann"), *texts, types=(PERSON, "CITY"))
    said = [message["content"] for message in body["messages"]]
    assert said == ["<PERSON_1>", "in <CITY_1>", "o <PERSON_1>"]
    assert out.counts == {PERSON: 1, "CITY": 1}


def test_a_body_that_is_no_object_is_refused() -> None:
    with pytest.raises(MalformedJSONError):
        mask(b"[]", [seen("Ann", (PERSON, "Ann"))], BOTH)


def test_a_long_string_with_very_many_finds_takes_one_walk() -> None:
    # Quadratic time would be minutes, at the mercy of whoever sends the body.
    names = [f"\\u00c4n{number:04}" for number in range(9_999)]
    arguments = json.dumps({"a": 1})[:-1] + ', "b": "' + " ".join(names) + '"}'
    at = arguments.index("\\u")
    spans = tuple((PERSON, at + 12 * i, at + 12 * i + 11) for i in range(len(names)))
    body, out = masked(chat(call(arguments)), Seen(arguments, spans))
    assert len(out.values) == len(names)
    assert unescape("\\u00c4n") not in json.dumps(body, ensure_ascii=False)
