"""The arms of a live run: one model told to reason, told not to, or sent where a router decides."""

import os
import time
from typing import Any, ClassVar, Protocol

import msgspec

from pointsman.catalog.families import Family, Reasoning
from pointsman.catalog.models import Endpoint, Model
from pointsman.errors import ConfigError
from pointsman.evaluation.live.answer import SYSTEM
from pointsman.evaluation.live.call import Call, Routed
from pointsman.router import Router
from pointsman.wire.chat import AUTO, parse_chat
from pointsman.wire.edit import Patch, apply_patch

OFF, ON = "off", "on"
ARMS = (OFF, ON, AUTO)
_CHAT = "/chat/completions"
# OpenAI API reference, chat completions: `max_tokens` is deprecated, and the o series refuses it.
# Others do not all know its successor.
_NEW_CAP = frozenset({"openai", "gpt-5", "o-series"})


class Form(msgspec.Struct, frozen=True):
    """What the bodies of all arms share.

    Attributes:
        cap_field: What the cap on output tokens is called.
        temperature: None leaves it to the server, which takes the model's own where it knows it.
    """

    cap_field: str
    temperature: float | None

    def body(self, model: str, text: str, cap: int) -> bytes:
        """Return a request that says nothing of reasoning."""
        fields: dict[str, Any] = {
            "model": model,
            "messages": [
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": text},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
            self.cap_field: cap,
        }
        if self.temperature is not None:
            fields["temperature"] = self.temperature
        return msgspec.json.encode(fields)


class Arm(Protocol):
    """A way to have a question answered."""

    @property
    def name(self) -> str:
        """One of `ARMS`."""
        ...

    @property
    def reasons(self) -> bool | None:
        """Whether its model is told to reason; None where a router decides."""
        ...

    @property
    def switch(self) -> Patch:
        """What is put into the body to say so."""
        ...

    async def call(self, text: str, cap: int) -> Call:
        """Make the request for a question."""
        ...


class Direct:
    """Asks the model itself, with its family's switch in every body."""

    def __init__(
        self, name: str, switch: Patch, model: str, endpoint: Endpoint, form: Form
    ) -> None:
        self.name = name
        self.reasons: bool | None = name == ON
        self.switch = switch
        self._model = model
        self._endpoint = endpoint
        self._form = form

    async def call(self, text: str, cap: int) -> Call:
        """Make the request for a question."""
        body = apply_patch(self._form.body(self._model, text, cap), self.switch)
        return Call(url_of(self._endpoint.url), body, key_of(self._endpoint))


class ThroughRouter:
    """Asks a running router, which chooses."""

    name = AUTO
    reasons: bool | None = None
    switch: ClassVar[Patch] = {}

    def __init__(self, endpoint: Endpoint, form: Form) -> None:
        self._endpoint = endpoint
        self._form = form

    async def call(self, text: str, cap: int) -> Call:
        """Make the request for a question."""
        return Call(
            url_of(self._endpoint.url), self._form.body(AUTO, text, cap), key_of(self._endpoint)
        )


class InProcess:
    """Decides here, with the router of the library, and asks the first endpoint of the choice."""

    name = AUTO
    reasons: bool | None = None
    switch: ClassVar[Patch] = {}

    def __init__(self, router: Router, form: Form) -> None:
        self._router = router
        self._form = form

    async def call(self, text: str, cap: int) -> Call:
        """Make the request for a question; deciding counts into its time."""
        began = time.perf_counter()
        plan = await self._router.aroute(parse_chat(self._form.body(AUTO, text, cap)))
        endpoint = plan.card.endpoints[0]
        return Call(
            url=url_of(endpoint.url),
            body=plan.body(),
            key=key_of(endpoint),
            spent_s=time.perf_counter() - began,
            routed=Routed(plan.model, str(plan.reasoning), plan.rule),
        )


def cap_field_of(family: str) -> str:
    """What a family calls the cap on output tokens."""
    return "max_completion_tokens" if family in _NEW_CAP else "max_tokens"


def switch_of(arm: str, name: str, family: Family) -> Patch:
    """Return what tells a family to reason its most (`on`), or not at all (`off`).

    Raises:
        ConfigError: The family has no such switch.
    """
    wanted = OFF if arm == OFF else ON
    choices: list[Reasoning] = [one for one in family.choices() if one.mode == wanted]
    if not choices:
        raise ConfigError(
            f"--arms {arm}: the family `{name}` has no switch for it, so both arms would be the "
            "same request; name the model's family with --family, or leave the arm out"
        )
    return family.edits(choices[-1])


def url_of(base: str) -> str:
    """Return where an endpoint takes chat requests."""
    return base.rstrip("/").removesuffix(_CHAT) + _CHAT


def key_of(endpoint: Endpoint) -> str | None:
    """Return an endpoint's key from the environment; None where it needs none."""
    return None if endpoint.api_key_env is None else os.environ.get(endpoint.api_key_env, "")


def check_key(endpoint: Endpoint) -> Endpoint:
    """Make sure that the key an endpoint names is in the environment; returns the endpoint.

    Raises:
        ConfigError: It is not, or no HTTP header can carry it (RFC 9110 section 5.5).
    """
    name = endpoint.api_key_env
    key = key_of(endpoint)
    if name is not None and not (key and key.isascii() and key.isprintable()):
        raise ConfigError(
            f"the environment variable {name} holds no key: set it to the key of "
            f"{endpoint.url}, or take its name out"
        )
    return endpoint


def check_cards(models: list[Model]) -> None:
    """Make sure that the keys of the endpoints that are asked are in the environment.

    Raises:
        ConfigError: One is not.
    """
    for model in models:
        check_key(model.endpoints[0])
