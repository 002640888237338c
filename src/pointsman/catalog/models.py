"""Model cards: what a model costs, what it can take, and where it answers."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

import msgspec

from pointsman.catalog.families import FAMILIES, Family, Reasoning
from pointsman.catalog.sight import PiiTable
from pointsman.errors import UnknownModelError
from pointsman.wire.usage import Usage

AUTO_NAMES = frozenset({"auto", "MoM", "vllm-sr/auto"})
"""Model names that mean "you choose"; the last two are the vLLM Semantic Router's."""


ANSWER_TOKENS = 256
"""Tokens of an answer without reasoning, when nothing is known of the model. A judgement."""

Usd = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
URL_PATTERN = r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$"
"""Base URLs of servers: no user or password (a key comes from the environment), no query."""

Url = Annotated[str, msgspec.Meta(pattern=URL_PATTERN)]
Weight = Annotated[float, msgspec.Meta(gt=0, le=1e9)]


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars per million tokens.

    `cached_input` defaults to the price of input, `reasoning` (tokens of the output that were
    spent on reasoning) to that of output.
    """

    input: Usd = 0.0
    output: Usd = 0.0
    cached_input: Usd | None = None
    reasoning: Usd | None = None

    def usd(
        self, *, prompt: float, output: float, cached: float = 0.0, reasoning: float = 0.0
    ) -> float:
        """Return what a call costs.

        Args:
            prompt: Its tokens.
            output: All tokens of the answer.
            cached: Tokens of the prompt that are already in its cache.
            reasoning: Tokens of the output that are spent on reasoning.
        """
        cached_price = self.input if self.cached_input is None else self.cached_input
        thinking_price = self.output if self.reasoning is None else self.reasoning
        fresh, said = max(0.0, prompt - cached), max(0.0, output - reasoning)
        reading = fresh * self.input + cached * cached_price
        return (reading + said * self.output + reasoning * thinking_price) / 1e6

    def bill(self, usage: Usage) -> float:
        """Return what an answer cost, by the tokens that its server reported."""
        return self.usd(
            prompt=usage.prompt_tokens,
            output=usage.completion_tokens,
            cached=usage.cached_tokens,
            reasoning=min(usage.reasoning_tokens or 0, usage.completion_tokens),
        )


class Speed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How fast a model answers.

    Attributes:
        first_token_s: Seconds until the first token of an answer.
        tokens_per_s: Tokens of one answer per second from then on.
    """

    first_token_s: Annotated[float, msgspec.Meta(ge=0, le=1e6)]
    tokens_per_s: Annotated[float, msgspec.Meta(gt=0, le=1e9)]

    def seconds(self, output: float) -> float:
        """Return how long an answer of so many tokens takes."""
        return self.first_token_s + output / self.tokens_per_s


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One server that answers for a model.

    Attributes:
        url: Base URL up to and including `/v1`.
        weight: Share of the requests, relative to the model's other endpoints.
        api_key_env: Environment variable that holds the key sent as a bearer token.
        health_path: Path asked on the server's root to see if it lives, such as `/health`.
    """

    url: Url
    weight: Weight = 1.0
    api_key_env: str | None = None
    health_path: str | None = None


class Model(msgspec.Struct, frozen=True):
    """A model card.

    Attributes:
        name: The name in this catalog, which rules use.
        upstream_name: The name its server knows it by.
        strength: Where it stands between the weakest (0) and the strongest (1) of the catalog.
        context_window: Most tokens of prompt and answer together, or None if unknown.
        images: Whether it takes image parts.
        speed: How fast it answers, or None if unknown.
        max_output_tokens: The most tokens of one answer, or None if unknown.
        answer_tokens: Tokens expected of an answer without reasoning.
        pii: What it may see of personal data, where that differs from the policy's word.
    """

    name: str
    upstream_name: str
    family_name: str
    family: Family
    prices: Prices
    endpoints: tuple[Endpoint, ...]
    strength: float
    context_window: int | None = None
    images: bool = True
    speed: Speed | None = None
    max_output_tokens: int | None = None
    answer_tokens: float = ANSWER_TOKENS
    pii: PiiTable = {}


class Target(msgspec.Struct, frozen=True):
    """A model and how hard it should think: what a decision chooses."""

    model: str
    reasoning: Reasoning

    def __str__(self) -> str:
        """Return it as a person would say it."""
        if self.reasoning.mode == "default":
            return self.model
        return f"{self.model}, reasoning {self.reasoning}"


class Catalog(msgspec.Struct, frozen=True, dict=True):
    """All models by name, in the order of the config."""

    models: Mapping[str, Model]

    @cached_property
    def targets(self) -> Mapping[str, tuple[Target, ...]]:
        """Every way in which each model can be asked to reason, from least to most."""
        return {
            name: tuple(Target(name, reasoning) for reasoning in model.family.choices())
            for name, model in self.models.items()
        }

    @cached_property
    def top(self) -> Target:
        """What savings are measured against: the strongest model, always thinking its most."""
        return self.targets[self.strongest().name][-1]

    def named(self, name: str) -> Model:
        """Find the model that a request names, by its name here or its server's name.

        Raises:
            UnknownModelError: No model has that name.
        """
        if name in self.models:
            return self.models[name]
        for model in self.models.values():
            if model.upstream_name == name:
                return model
        known = ", ".join(["auto", *self.models])
        raise UnknownModelError(
            f"the model '{name[:100]}' does not exist here; known are: {known}", param="model"
        )

    def strongest(self) -> Model:
        """Return the model with the highest strength; of equals, the dearest."""
        return max(self.models.values(), key=lambda m: (m.strength, m.prices.output))


def default_strengths(prices: Mapping[str, Prices]) -> dict[str, float]:
    """Rank models by output price when the operator states no strength: 0 cheapest, 1 dearest.

    A guess that the market makes, and the decision says that it is one.
    """
    order = sorted({price.output for price in prices.values()})
    if len(order) < 2:  # noqa: PLR2004  # one price: no order
        return dict.fromkeys(prices, 1.0)
    return {name: order.index(p.output) / (len(order) - 1) for name, p in prices.items()}


__all__ = [
    "ANSWER_TOKENS",
    "AUTO_NAMES",
    "FAMILIES",
    "Catalog",
    "Endpoint",
    "Model",
    "Prices",
    "Speed",
    "Target",
    "Url",
    "Weight",
    "default_strengths",
]
