"""What is read of a request, played: which texts are asked for, in which order, for which heads."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.encoder.encoding import UNREAD, Asked, Encoding
from pointsman.signals.reading import NOTHING_READ, SHORT_TURN, Reading, read
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import Prompt, read_prompt

JUDGED, WHOLE = frozenset({"domain"}), frozenset({"attacks"})
BOTH = Asked(JUDGED, WHOLE, 10)
ONLY_JUDGED = Asked(JUDGED, frozenset(), 10)
ONLY_WHOLE = Asked(frozenset(), WHOLE, 10)

SYSTEM = "You answer questions about primes, and nothing else."
FIRST = "How many primes are there below one hundred?"
ANSWER = "There are twenty-five."
LAST = "And how many are there below one thousand, counted the same way?"
FOLLOW_UP = "And below fifty?"

Wanted = list[tuple[str, Asked]]


def a_prompt(*texts: tuple[str, str]) -> Prompt:
    messages = [{"role": role, "content": text} for role, text in texts]
    return read_prompt(chat_from_object({"messages": messages}))


CONVERSATION = a_prompt(("system", SYSTEM), ("user", FIRST), ("assistant", ANSWER), ("user", LAST))


def played(
    prompt: Prompt, asked: Asked, passes: Callable[[str], int] = lambda _: 1
) -> tuple[Reading, Wanted]:
    """Play a reading; each text takes so many passes."""
    texts = read(prompt, asked)
    wanted: Wanted = []
    encoding: Any = None
    while True:
        try:
            text, what = texts.send(encoding)
        except StopIteration as end:
            return end.value, wanted
        wanted.append((text, what))
        encoding = msgspec.structs.replace(UNREAD, tokens=len(text), passes=passes(text))


def lengths(encodings: Sequence[Encoding]) -> list[int]:
    return [encoding.tokens for encoding in encodings]


def test_an_earlier_turn_is_asked_for_as_when_it_was_the_last_so_that_it_is_remembered() -> None:
    _, first = played(a_prompt(("user", FIRST)), BOTH)
    _, later = played(CONVERSATION, BOTH)
    assert first[0] in later


def test_a_long_earlier_turn_is_only_seen_whole_as_judging_it_would_take_a_pass() -> None:
    long = "word " * SHORT_TURN
    _, wanted = played(a_prompt(("user", long), ("assistant", ANSWER), ("user", LAST)), BOTH)
    assert wanted[-1] == (long, ONLY_WHOLE)


def test_where_nothing_is_asked_nothing_is_read() -> None:
    reading, wanted = played(CONVERSATION, Asked())
    assert wanted == []
    for one in (reading, NOTHING_READ):
        assert (one.asked, one.judged, one.parts, one.encodings) == (Asked(), UNREAD, (), ())


def test_where_only_the_judged_text_matters_only_it_is_read() -> None:
    reading, wanted = played(CONVERSATION, ONLY_JUDGED)
    assert wanted == [(LAST, ONLY_JUDGED)]
    assert reading.judged.tokens == len(LAST)
    assert reading.parts == ()
    assert reading.encodings == (reading.judged,)


def test_all_texts_are_read_the_newest_first_and_kept_in_their_order() -> None:
    reading, wanted = played(CONVERSATION, ONLY_WHOLE)
    assert wanted == [(text, ONLY_WHOLE) for text in (LAST, ANSWER, FIRST, SYSTEM)]
    assert lengths(reading.parts) == [len(text) for text in (SYSTEM, FIRST, ANSWER, LAST)]
    assert reading.judged is UNREAD
    assert reading.encodings == reading.parts


def test_one_reading_of_the_judged_text_serves_both() -> None:
    reading, wanted = played(CONVERSATION, BOTH)
    only_whole = msgspec.structs.replace(BOTH, judged=frozenset())
    assert wanted == [(LAST, BOTH), (ANSWER, only_whole), (FIRST, BOTH), (SYSTEM, only_whole)]
    assert reading.parts[-1] is reading.judged
    assert reading.encodings == (reading.judged, *reading.parts[:-1])


def test_a_judged_text_that_stands_twice_is_read_once() -> None:
    prompt = a_prompt(("user", LAST), ("assistant", ANSWER), ("user", LAST))
    reading, wanted = played(prompt, BOTH)
    assert [text for text, _ in wanted] == [LAST, ANSWER]
    assert reading.parts[0] is reading.parts[2] is reading.judged
    assert len(reading.encodings) == 2


def test_a_follow_up_is_judged_with_its_turn_but_each_part_is_read_by_itself() -> None:
    prompt = a_prompt(("user", FIRST), ("assistant", ANSWER), ("user", FOLLOW_UP))
    reading, wanted = played(prompt, BOTH)
    # The joined text is no part: nobody needs to see it whole.
    assert wanted[0] == (f"{FIRST}\n{FOLLOW_UP}", msgspec.structs.replace(BOTH, whole=frozenset()))
    assert [text for text, _ in wanted[1:]] == [FOLLOW_UP, ANSWER, FIRST]
    assert [what.judged for _, what in wanted[1:]] == [JUDGED, frozenset(), JUDGED]
    assert all(what.whole == WHOLE for _, what in wanted[1:])
    assert len(reading.encodings) == 4


@pytest.mark.parametrize(
    ("budget", "read_texts"),
    [
        (1, [LAST]),
        (2, [LAST, ANSWER]),
        (3, [LAST, ANSWER, FIRST]),
        (4, [LAST, ANSWER, FIRST, SYSTEM]),
        (9, [LAST, ANSWER, FIRST, SYSTEM]),
    ],
)
@pytest.mark.parametrize("judged", [JUDGED, frozenset[str]()])
def test_when_the_windows_run_out_the_oldest_texts_stay_unread_and_say_so(
    judged: frozenset[str], budget: int, read_texts: list[str]
) -> None:
    reading, wanted = played(CONVERSATION, Asked(judged, WHOLE, budget))
    assert [text for text, _ in wanted] == read_texts
    for part, encoding in zip(CONVERSATION.parts, reading.parts, strict=True):
        assert encoding.unread == (0 if part.text in read_texts else len(part.text))


def test_a_long_text_leaves_less_for_those_before_it() -> None:
    cost = {LAST: 1, ANSWER: 6, FIRST: 5}
    reading, wanted = played(CONVERSATION, ONLY_WHOLE, lambda text: cost[text])
    assert [text for text, _ in wanted] == [LAST, ANSWER, FIRST]
    assert [part.unread for part in reading.parts] == [len(SYSTEM), 0, 0, 0]


def test_a_text_that_the_first_tier_answers_for_takes_nothing_of_the_budget() -> None:
    _, wanted = played(CONVERSATION, Asked(frozenset(), WHOLE, 1), lambda _: 0)
    assert len(wanted) == 4


def test_a_text_is_asked_for_in_the_same_words_from_turn_to_turn() -> None:
    """Else it would be read anew in each turn, as memory knows it by what was asked."""
    earlier = a_prompt(("user", FIRST), ("assistant", ANSWER), ("user", LAST))
    turns = [("assistant", "A poem?"), ("user", "Yes, a poem about it, please, in French.")]
    later = a_prompt(("user", FIRST), ("assistant", ANSWER), ("user", LAST), *turns)
    _, before = played(earlier, BOTH)
    _, after = played(later, BOTH)
    assert before[1:] == after[-2:]


def test_a_request_without_text_has_one_empty_judged_text_and_no_parts() -> None:
    image = {"role": "user", "content": [{"type": "image_url"}]}
    prompt = read_prompt(chat_from_object({"messages": [image]}))
    reading, wanted = played(prompt, BOTH)
    assert wanted == [("", msgspec.structs.replace(BOTH, whole=frozenset()))]
    assert reading.parts == ()


TOOLS = [{"type": "function", "function": {"name": "f", "description": text}} for text in "ab"]


def test_tools_are_read_after_all_messages_and_first_stay_unread() -> None:
    turns = [{"role": "user", "name": "Ada", "content": FIRST}, {"role": "user", "content": LAST}]
    prompt = read_prompt(chat_from_object({"messages": turns, "tools": TOOLS}))
    _, wanted = played(prompt, ONLY_WHOLE)
    *texts, seam = wanted
    assert texts == [(text, ONLY_WHOLE) for text in (LAST, "Ada", FIRST, "b", "a")]
    across = msgspec.structs.replace(ONLY_WHOLE, whole=frozenset({"attacks"}))
    assert seam == (f"{FIRST}\n{LAST}", across), "what no text holds by itself comes last"
    reading, _ = played(prompt, Asked(frozenset(), WHOLE, 3))
    assert [part.unread for part in reading.parts] == [1, 1, 0, 0, 0]


@pytest.mark.parametrize("content", ["", None])
def test_a_request_that_says_nothing_but_offers_tools_has_them_read(content: str | None) -> None:
    message = {"role": "user", "content": content}
    prompt = read_prompt(chat_from_object({"messages": [message], "tools": TOOLS}))
    reading, wanted = played(prompt, BOTH)
    only_whole = msgspec.structs.replace(BOTH, judged=frozenset())
    assert wanted[0][0] == prompt.judged == ""
    assert wanted[1:] == [("b", only_whole), ("a", only_whole)]
    assert len(reading.parts) == len(prompt.parts)


_roles = st.sampled_from(["system", "user", "assistant", "tool"])


@given(
    st.lists(st.tuples(_roles, st.text(max_size=40)), min_size=1, max_size=8),
    st.integers(1, 6),
    st.integers(0, 5),
)
def test_every_part_is_read_or_says_that_it_was_not_and_the_budget_is_kept(
    texts: list[tuple[str, str]], budget: int, cost: int
) -> None:
    prompt = a_prompt(*texts)
    cost = min(cost, budget)  # no text takes more windows than there are
    reading, wanted = played(prompt, Asked(JUDGED, WHOLE, budget), lambda _: cost)
    assert len(reading.parts) == len(prompt.parts)
    for part, encoding in zip(prompt.parts, reading.parts, strict=True):
        assert encoding.tokens == len(part.text) or encoding.unread == len(part.text)
    assert cost * len(wanted) < 2 * budget
