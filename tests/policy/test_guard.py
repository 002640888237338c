"""The verdict on one request: who speaks, in which order, and what unknown means."""

from collections.abc import Callable, Mapping

import pytest

from pointsman.catalog.models import Model
from pointsman.catalog.sight import PiiRule
from pointsman.errors import RefusedError, UncheckedError
from pointsman.policy.guard import (
    OFF,
    UNWATCHED,
    AttackGuard,
    Guard,
    Guards,
    Verdict,
    Watch,
    bars,
    judge,
    masked,
    types_found,
    watch_over,
)
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Measure, Span, Spans

MASK, RESTORE, REFUSE, REROUTE, ALLOW = (
    PiiRule("mask"),
    PiiRule("mask_and_restore"),
    PiiRule("refuse"),
    PiiRule("reroute"),
    PiiRule("allow"),
)
LADDER = AttackGuard(refuse_above=0.9, send_above=0.6, send_to="hardened", flag_above=0.3)


def attacked(*, unread: float = 0.0, media: float = 0.0, **p: float) -> Signals:
    found = {name: Measure({"p": value}) for name, value in p.items()}
    counts = {"unread_characters": unread, "passes": 1.0}
    return {"surface": Measure({"media": media}), "coverage": Measure(counts), **found}


def with_pii(**types: float) -> Signals:
    spans = tuple(Span(name, 0, at, at + 1, p) for at, (name, p) in enumerate(types.items()))
    return {"pii": Spans(spans)}


def watch(**attacks: AttackGuard) -> Watch:
    return Watch(attacks=attacks)


@pytest.mark.parametrize(
    ("p", "word", "send_to"),
    [(0.1, "pass", None), (0.4, "flag", None), (0.7, "send", "hardened"), (0.6, "flag", None)],
)
def test_each_bound_does_what_it_says(p: float, word: str, send_to: str | None) -> None:
    verdict = judge(attacked(jailbreak=p), watch(jailbreak=LADDER))
    assert (verdict.word, verdict.send_to) == (word, send_to)
    assert verdict.reasons == (() if word == "pass" else ("jailbreak",))


def test_a_refusal_names_what_was_seen_and_by_how_much() -> None:
    with pytest.raises(RefusedError, match=r"\(jailbreak\)") as refused:
        judge(attacked(jailbreak=0.98), watch(jailbreak=LADDER))
    assert refused.value.reasons == ("jailbreak",)
    assert refused.value.told == ("jailbreak 0.98 > 0.9: refused",)
    assert (refused.value.status, refused.value.code) == (403, "content_filter")


def test_the_worst_that_is_seen_decides() -> None:
    both = watch(jailbreak=LADDER, injection=AttackGuard(flag_above=0.1))
    verdict = judge(attacked(jailbreak=0.7, injection=0.2), both)
    assert (verdict.word, verdict.reasons) == ("send", ("jailbreak", "injection"))
    with pytest.raises(RefusedError) as refused:
        judge(attacked(jailbreak=0.95, injection=0.2), both)
    assert refused.value.reasons == ("jailbreak",)


def test_of_two_models_to_send_to_the_first_is_taken() -> None:
    other = AttackGuard(send_above=0.5, send_to="other")
    verdict = judge(
        attacked(jailbreak=0.7, injection=0.7), watch(jailbreak=LADDER, injection=other)
    )
    assert verdict.send_to == "hardened"


def test_without_a_guard_nothing_is_said() -> None:
    assert watch_over(Guards(), None, "") is UNWATCHED
    assert judge(attacked(jailbreak=1.0, unread=9.0, media=1.0), UNWATCHED) == OFF


REFUSING = AttackGuard(refuse_above=0.5)
PASSING = AttackGuard(refuse_above=0.5, on_failure="pass")


@pytest.mark.parametrize(
    ("guard", "strict"),
    [
        (Watch({"jailbreak": REFUSING}), True),
        (Watch({"jailbreak": PASSING}), False),
        (Watch({"jailbreak": REFUSING}, on_failure="pass"), False),
        (Watch({"jailbreak": PASSING, "injection": REFUSING}), True),
        (Watch({"jailbreak": AttackGuard(on_failure="refuse")}, on_failure="pass"), False),
        (Watch({"jailbreak": PASSING}, sees_pii=True), True),
        (Watch({"jailbreak": PASSING}, sees_pii=True, on_failure="pass"), False),
    ],
)
def test_what_is_not_known_is_refused_or_passed_as_the_operator_says(
    guard: Watch, *, strict: bool
) -> None:
    assert guard.strict is strict
    if strict:
        with pytest.raises(UncheckedError):
            judge({}, guard, failed=True)
        with pytest.raises(RefusedError, match="12 characters") as refused:
            judge(attacked(unread=12.0), guard)
        assert refused.value.reasons == ("unread",)
    else:
        assert judge({}, guard, failed=True).reasons == ("unchecked",)
        assert judge(attacked(unread=12.0), guard).reasons == ("unread",)


def test_what_is_unread_is_refused_before_what_was_read_is_looked_at() -> None:
    with pytest.raises(RefusedError) as refused:
        judge(attacked(jailbreak=0.99, unread=1.0), watch(jailbreak=REFUSING))
    assert refused.value.reasons == ("unread",)


def test_media_pass_with_a_flag_unless_the_operator_refuses_them() -> None:
    verdict = judge(attacked(media=1.0), watch(jailbreak=REFUSING))
    assert verdict == Verdict("flag", ("media",), ("not checked: media",))
    with pytest.raises(RefusedError, match="pictures"):
        judge(attacked(media=1.0), Watch({"jailbreak": REFUSING}, media="refuse"))


WHOLE = Guard(
    attacks={"jailbreak": AttackGuard(refuse_above=0.9), "harmful": AttackGuard(flag_above=0.5)},
    pii={"PERSON": MASK, "US_SSN": REFUSE},
    on_failure="pass",
)
LAX = Guard(attacks={"jailbreak": AttackGuard()}, pii={"PERSON": ALLOW}, media="refuse")
STRICT = Guard(attacks={"jailbreak": AttackGuard(refuse_above=0.1)}, on_failure="refuse")
GUARDS = Guards(WHOLE, {"strict": STRICT}, frozenset({"jailbreak", "harmful", "pii"}))


@pytest.mark.parametrize(
    ("of_rule", "tenant", "bound"),
    [
        (None, "", 0.9),
        (LAX, "", None),
        (None, "strict", 0.1),
        (LAX, "strict", 0.1),
        (LAX, "unknown", None),
    ],
)
def test_the_rule_speaks_over_the_policy_and_the_tenant_over_both(
    of_rule: Guard | None, tenant: str, bound: float | None
) -> None:
    heard = watch_over(GUARDS, of_rule, tenant)
    assert heard.attacks["jailbreak"].refuse_above == bound
    assert heard.attacks["harmful"].flag_above == 0.5, "nobody else says anything of it"
    assert heard.on_failure == ("refuse" if tenant == "strict" else "pass")
    assert heard.media == ("refuse" if of_rule else "pass")


CARDS: list[tuple[Mapping[str, PiiRule], Guard | None, str, str]] = [
    # the model's card, the rule's guard, type, what is done
    ({}, None, "PERSON", "mask"),
    ({}, None, "US_SSN", "refuse"),
    ({}, None, "GPE", "allow"),
    ({"default": ALLOW}, None, "US_SSN", "allow"),
    ({"PERSON": ALLOW}, None, "US_SSN", "refuse"),
    ({"GPE": REROUTE}, None, "GPE", "reroute"),
    ({}, LAX, "PERSON", "allow"),
    ({"PERSON": REFUSE}, LAX, "PERSON", "allow"),
    ({"PERSON": REFUSE}, STRICT, "PERSON", "refuse"),
]


@pytest.mark.parametrize(("card", "of_rule", "type_", "action"), CARDS)
def test_a_models_card_speaks_over_the_policy_and_under_the_rule(
    card: Mapping[str, PiiRule],
    of_rule: Guard | None,
    type_: str,
    action: str,
    a_model: Callable[..., Model],
) -> None:
    model = a_model("m", pii=card)
    assert watch_over(GUARDS, of_rule, "").action(type_, 0.9, model) == action


def test_the_surest_piece_of_each_type_counts() -> None:
    spans = Spans((Span("PERSON", 0, 0, 3, 0.4), Span("PERSON", 1, 0, 3, 0.8)))
    assert types_found({"pii": spans}) == {"PERSON": 0.8}
    assert types_found({}) == {}


def test_bars_and_masks_are_told_apart(a_model: Callable[..., Model]) -> None:
    guards = Guards(
        Guard(pii={"A": MASK, "B": RESTORE, "C": REROUTE, "D": REFUSE, "E": ALLOW}),
        signals=frozenset({"pii"}),
    )
    heard = watch_over(guards, None, "")
    signals = with_pii(A=0.9, B=0.9, C=0.9, D=0.9, E=0.9, F=0.9)
    model = a_model("m")
    assert masked(model, signals, heard) == {"A": "mask", "B": "mask_and_restore"}
    assert dict(bars(model, types_found(signals), heard)) == {"C": "reroute", "D": "refuse"}


@pytest.mark.parametrize(
    ("guard", "signals"),
    [
        (Guard(), set()),
        (Guard(attacks={"jailbreak": AttackGuard()}), set()),
        (Guard(attacks={"jailbreak": AttackGuard(flag_above=0.5)}), {"jailbreak"}),
        (Guard(pii={"PERSON": ALLOW}), set()),
        (Guard(pii={"PERSON": ALLOW, "default": MASK}), {"pii"}),
    ],
)
def test_a_guard_looks_only_at_what_it_acts_on(guard: Guard, signals: set[str]) -> None:
    assert guard.signals == signals
