"""The verdict on one request: pass, flag, send elsewhere, refuse. Pure.

Three parties speak: the policy as a whole, the rule that holds, and the client's tenant. The more
particular word counts, signal by signal; the tenant's is the last, because a client can word its
request so that another rule holds, but cannot change whom its key belongs to.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from pointsman.catalog.models import Model
from pointsman.catalog.sight import BARS, MASKS, Action, PiiTable, action_on
from pointsman.errors import RefusedError, UncheckedError
from pointsman.signals.detector import Signals, value_of
from pointsman.signals.findings import Spans

OnFailure = Literal["refuse", "pass"]
Word = Literal["off", "pass", "flag", "reroute", "send", "refuse", "unchecked"]

GUARD = "guard"
"""The rule's name in decisions where the guard, not a rule, says which model it is."""
PII = "pii"
UNREAD, MEDIA = "unread", "media"


class AttackGuard(msgspec.Struct, frozen=True):
    """What is done about one kind of attack: each bound is a probability, None where unused.

    Attributes:
        refuse_above: The request is refused.
        send_above: It goes to `send_to`, whatever the rules say.
        flag_above: It goes on, and the record and a header say what was seen.
        on_failure: What happens to a request of which it is not known: not read, or not whole.
    """

    refuse_above: float | None = None
    send_above: float | None = None
    send_to: str | None = None
    flag_above: float | None = None
    on_failure: OnFailure | None = None

    @property
    def acts(self) -> bool:
        """Whether anything is done about it."""
        return any(b is not None for b in (self.refuse_above, self.send_above, self.flag_above))

    def __str__(self) -> str:
        """Return it as a person would say it."""
        words = (
            (self.refuse_above, "refused"),
            (self.send_above, f"sent to {self.send_to}"),
            (self.flag_above, "flagged"),
        )
        return ", ".join(f"> {bound:.3g} {word}" for bound, word in words if bound is not None)


class Guard(msgspec.Struct, frozen=True):
    """What one party says; what it is silent on is for others to say.

    Attributes:
        attacks: By signal: `jailbreak`, `injection`, `harmful`.
        pii: By type of personal data.
        on_failure: Of personal data, and of attacks that say nothing of their own.
        media: What happens to a request with pictures, sound or files, which are not read.
    """

    attacks: Mapping[str, AttackGuard] = {}
    pii: PiiTable = {}
    on_failure: OnFailure | None = None
    media: OnFailure | None = None

    @property
    def signals(self) -> frozenset[str]:
        """The signals that it looks at."""
        attacks = {name for name, attack in self.attacks.items() if attack.acts}
        sees_pii = any(rule.action != "allow" for rule in self.pii.values())
        return frozenset(attacks | ({PII} if sees_pii else set()))

    def __str__(self) -> str:
        """Return it as a person would say it, with the bounds that were solved."""
        said = [f"{name} {attack}" for name, attack in self.attacks.items() if attack.acts]
        said += [f"{type_} {rule.action}" for type_, rule in self.pii.items()]
        return "; ".join(said) or "nothing"


SILENT = Guard()


class Guards(msgspec.Struct, frozen=True):
    """Everything that an operator says: the policy's word, and the tenants'; rules have theirs.

    Attributes:
        whole: For all requests.
        tenants: For those of one tenant.
        signals: What any of them looks at, rules and model cards included; empty: no guard.
    """

    whole: Guard = SILENT
    tenants: Mapping[str, Guard] = {}
    signals: frozenset[str] = frozenset()


NO_GUARDS = Guards()


class Watch(msgspec.Struct, frozen=True):
    """The guard over one request, all parties heard.

    Attributes:
        over: Tables that have more to say than a model's card, the most particular first.
        under: The table of the policy as a whole.
        sees_pii: Whether anybody says anything of personal data.
    """

    attacks: Mapping[str, AttackGuard] = {}
    over: tuple[PiiTable, ...] = ()
    under: PiiTable = {}
    sees_pii: bool = False
    on_failure: OnFailure = "refuse"
    media: OnFailure = "pass"

    def action(self, type_: str, p: float, model: Model) -> Action:
        """Return what is done about a piece of personal data that would go to a model."""
        return action_on(type_, p, (*self.over, model.pii, self.under))

    @property
    def strict(self) -> bool:
        """Whether something that cannot be told of a request keeps it from going on."""
        acting = [attack for attack in self.attacks.values() if attack.acts]
        said = [attack.on_failure or self.on_failure for attack in acting]
        return "refuse" in said or (self.sees_pii and self.on_failure == "refuse")


UNWATCHED = Watch()


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the guard says of one request, without a word of it.

    Attributes:
        reasons: What was seen, in the words of headers: `jailbreak`, `pii US_SSN`, `unread`.
        told: The same with probabilities and bounds, for records.
        send_to: The model that it must go to.
    """

    word: Word = "off"
    reasons: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    send_to: str | None = None


OFF = Verdict()


def watch_over(guards: Guards, of_rule: Guard | None, tenant: str) -> Watch:
    """Put together what the policy, the rule that holds and the client's tenant say."""
    if not guards.signals:
        return UNWATCHED
    said = [guards.whole, of_rule or SILENT, guards.tenants.get(tenant, SILENT)]
    attacks: dict[str, AttackGuard] = {}
    on_failure: OnFailure = "refuse"
    media: OnFailure = "pass"
    for guard in said:
        attacks.update(guard.attacks)
        on_failure = guard.on_failure or on_failure
        media = guard.media or media
    over = tuple(guard.pii for guard in reversed(said[1:]) if guard.pii)
    return Watch(attacks, over, guards.whole.pii, PII in guards.signals, on_failure, media)


def judge(signals: Signals, watch: Watch, *, failed: bool = False) -> Verdict:
    """Say what is to be done about a request's attacks; personal data is for `bars` and masks.

    Args:
        signals: What was measured.
        watch: The guard over this request.
        failed: Whether measuring failed, so that the signals say nothing.

    Raises:
        UncheckedError: It failed, and the operator's word for that is to refuse.
        RefusedError: The request is refused.
    """
    if watch is UNWATCHED:
        return OFF
    unknown = _unknown(signals, watch, failed=failed)
    refused: list[str] = []
    sent: list[str] = []
    flagged: list[str] = [*unknown]
    told: list[str] = [f"not checked: {what}" for what in unknown]
    send_to = None
    for name, attack in watch.attacks.items():
        p = value_of(signals[name], "p") if name in signals else 0.0
        for bound, found, word in (
            (attack.refuse_above, refused, "refused"),
            (attack.send_above, sent, f"sent to {attack.send_to}"),
            (attack.flag_above, flagged, "flagged"),
        ):
            if bound is not None and p > bound:
                found.append(name)
                told.append(f"{name} {p:.3g} > {bound:.3g}: {word}")
                send_to = send_to or (attack.send_to if found is sent else None)
                break
    if refused:
        raise RefusedError(_message(refused), reasons=tuple(refused), told=tuple(told))
    if sent:
        return Verdict("send", (*sent, *flagged), tuple(told), send_to)
    return Verdict("flag" if flagged else "pass", tuple(flagged), tuple(told))


def _unknown(signals: Signals, watch: Watch, *, failed: bool) -> tuple[str, ...]:
    """Return what of a request is not known and let through all the same."""
    if failed:
        if watch.strict:
            raise UncheckedError("the guard could not read this request, and nothing goes unread")
        return ("unchecked",)
    found = []
    coverage, surface = signals.get("coverage"), signals.get("surface")
    unread = value_of(coverage, "unread_characters") if coverage else 0.0
    if unread > 0:
        if watch.strict:
            raise RefusedError(
                f"{unread:.0f} characters of this request are more than the guard reads; shorten "
                "it, or ask the operator to raise `encoder.max_windows`",
                reasons=(UNREAD,),
                told=(f"{unread:.0f} characters unread",),
            )
        found.append(UNREAD)
    if surface and value_of(surface, MEDIA) > 0:
        if watch.media == "refuse":
            raise RefusedError(
                "pictures, sound and files cannot be checked here, and are refused",
                reasons=(MEDIA,),
                told=("media that are not read",),
            )
        found.append(MEDIA)
    return tuple(found)


def _message(reasons: list[str]) -> str:
    return (
        f"this request was refused by the policy of this service ({', '.join(reasons)}); all "
        "turns of a conversation are read: take out the one in question to go on"
    )


def types_found(signals: Signals) -> Mapping[str, float]:
    """Return the types of personal data in a request, each with how sure it is at most."""
    found: dict[str, float] = {}
    finding = signals.get(PII)
    for span in finding.spans if isinstance(finding, Spans) else ():
        found[span.type] = max(span.p, found.get(span.type, 0.0))
    return found


def bars(model: Model, found: Mapping[str, float], watch: Watch) -> Iterator[tuple[str, Action]]:
    """Yield the types that keep a request from a model, each with what the operator says of it."""
    for type_, p in found.items():
        action = watch.action(type_, p, model)
        if action in BARS:
            yield type_, action


def masked(model: Model, signals: Signals, watch: Watch) -> Mapping[str, Action]:
    """Return the types that a model gets placeholders for, each with its action."""
    actions = {type_: watch.action(type_, p, model) for type_, p in types_found(signals).items()}
    return {type_: action for type_, action in actions.items() if action in MASKS}
