"""Each character of a draft knows where it comes from, however often it was rewritten."""

from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.disguise_draft import Draft, Rewrite, original, rewritten


def places(draft: Draft) -> list[tuple[int, int]]:
    return list(zip(draft.starts.tolist(), draft.ends.tolist(), strict=True))


def test_a_text_as_it_stands_comes_from_itself() -> None:
    draft = original("ab")
    assert (draft.text, places(draft)) == ("ab", [(0, 1), (1, 2)])
    assert not draft.changed.any()
    assert draft.tricks == ()


def test_a_range_comes_as_a_whole_or_character_by_character() -> None:
    draft = rewritten(original("x 6f6b y"), "hex", [Rewrite(2, 6, "ok")])
    assert draft.text == "x ok y"
    assert places(draft) == [(0, 1), (1, 2), (2, 6), (2, 6), (6, 7), (7, 8)]
    assert draft.changed.tolist() == [False, False, True, True, False, False]
    turned = rewritten(draft, "backwards", [Rewrite(2, 4, "ko", (3, 2))])
    assert (turned.text, turned.tricks) == ("x ko y", ("hex", "backwards"))
    assert places(turned) == places(draft)


def test_what_turns_round_comes_from_where_it_stood() -> None:
    draft = rewritten(original("abc"), "backwards", [Rewrite(0, 3, "cba", (2, 1, 0))])
    assert places(draft) == [(2, 3), (1, 2), (0, 1)]


def test_a_rewrite_may_name_its_trick_and_each_is_named_once() -> None:
    rewrites = [Rewrite(0, 1, "n", (0,), "rot13"), Rewrite(1, 2, "o", (1,), "rot13")]
    assert rewritten(original("ab"), "cipher", rewrites).tricks == ("rot13",)


def test_a_part_keeps_its_places() -> None:
    draft = rewritten(original("abcd"), "t", [Rewrite(1, 3, "X")])
    part = draft.part(draft.changed.nonzero()[0].astype("int32"))
    assert (part.text, places(part), part.tricks) == ("X", [(1, 3)], ("t",))


@st.composite
def rewritings(draw: st.DrawFn, size: int) -> list[Rewrite]:
    borders = sorted(draw(st.sets(st.integers(0, size), max_size=8)))
    found = []
    for start, end in zip(borders[::2], borders[1::2], strict=False):
        text = draw(st.text(max_size=end - start))
        by_character = st.lists(st.integers(start, end - 1), min_size=len(text), max_size=len(text))
        found.append(Rewrite(start, end, text, draw(st.none() | by_character)))
    return found


@given(st.data(), st.text(max_size=30))
def test_every_character_comes_from_inside_the_original(data: st.DataObject, text: str) -> None:
    draft = original(text)
    for _ in range(2):
        draft = rewritten(draft, "trick", data.draw(rewritings(len(draft.text))))
    assert len(draft.text) == len(draft.starts) == len(draft.ends) == len(draft.changed)
    for character, changed, (start, end) in zip(
        draft.text, draft.changed.tolist(), places(draft), strict=True
    ):
        assert 0 <= start < end <= len(text)
        assert changed or text[start:end] == character
