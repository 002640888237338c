"""The shape of `guard` in pointsman.yaml: for all requests, on a rule, or for a tenant."""

from typing import Annotated, Literal

import msgspec

from pointsman.catalog.sight import Action, PiiRule
from pointsman.policy.guard import OnFailure

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Rate = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the file in which an unknown key is an error."""


class RateConfig(_Strict, frozen=True):
    """A bound that is solved.

    Attributes:
        false_refusals: The most harmless requests that may lie above it, as a share: 0.01 is one
            in a hundred. Solved on the harmless texts behind the bundle (docs/guard.md); for your
            own traffic, `pointsman bench guard --false-refusals` solves it on your texts.
    """

    false_refusals: Rate


Bound = Share | RateConfig


class AttackConfig(_Strict, frozen=True):
    """What is done about one kind of attack. Without any bound: refuse, or send where `send_to` is.

    Attributes:
        refuse_above: Requests whose probability is above it are refused: a number, or
            `{false_refusals: 0.01}`.
        send_above: They go to `send_to` instead of where the rules say.
        send_to: A model.
        flag_above: They go on; a header and the record say what was seen.
        on_failure: What happens when the request could not be read, or not whole; by default
            `guard.on_failure`.
    """

    refuse_above: Bound | None = None
    send_above: Bound | None = None
    send_to: str | None = None
    flag_above: Bound | None = None
    on_failure: OnFailure | None = None


Attack = Literal["pass", "flag", "refuse"] | AttackConfig
Pii = Action | dict[str, Action | PiiRule]


class GuardPartConfig(_Strict, frozen=True):
    """What the guard does; on a rule or a tenant, only what differs. `GuardConfig` says more."""

    jailbreak: Attack | None = None
    injection: Attack | None = None
    harmful: Attack | None = None
    pii: Pii | None = None
    on_failure: OnFailure | None = None
    media: OnFailure | None = None


class RefusalConfig(_Strict, frozen=True):
    """How a refused request is answered.

    Attributes:
        status: 200 is an ordinary answer with `finish_reason: content_filter`, which every client
            can show; 403 an error.
        message: What it says; by default why, in general words.
    """

    status: Literal[200, 403] = 200
    message: str | None = None


class GuardConfig(GuardPartConfig, frozen=True):
    """The guard over all requests. On a rule or a tenant stand the first six keys alone.

    Attributes:
        jailbreak: Talking the model out of its rules: `refuse`, `flag` or `pass` at the bundle's
            own threshold, or bounds of your own.
        injection: Text that poses as an instruction of another.
        harmful: Plainly harmful requests.
        pii: Personal data, by type: `allow`, `mask` (the model sees a placeholder),
            `mask_and_restore` (and the client gets its values back), `reroute` (to a model that may
            see it) or `refuse`; `default` speaks for all other types; one word alone for all.
        on_failure: What happens when a request could not be read, or not whole: `refuse` (it is
            not sent) or `pass`; by default `refuse`.
        media: What happens to pictures, sound and files, which are not read: `pass` (and flag) or
            `refuse`; by default `pass`.
        answer: How a refused request is answered.
        placeholders: `numbered` counts the values of a type in the order of the conversation.
            `keyed` derives the number from the value by `placeholder_key_env`, so that it stays the
            same where clients cut their conversations short.
        placeholder_key_env: Environment variable with the secret of keyed placeholders, the same
            on every replica.
        timeout_s: How long reading one text may take before it counts as failed.
    """

    answer: RefusalConfig = RefusalConfig()
    placeholders: Literal["numbered", "keyed"] = "numbered"
    placeholder_key_env: str | None = None
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 20.0


class TenantConfig(_Strict, frozen=True):
    """What holds for the keys of one tenant.

    Attributes:
        guard: What the guard does otherwise.
    """

    guard: GuardPartConfig = GuardPartConfig()
