"""How fast models have been lately, from the answers that went through. No IO, no clock."""

from collections.abc import Container, Mapping

import msgspec

from pointsman.catalog.models import Model, Speed

HALF_LIFE_ANSWERS = 20
"""After so many further answers one counts half: minutes under load, and a model that has become
slow is known to be after a few dozen. A judgement."""

LEAST_ANSWERS = 5
"""A speed seen in fewer answers is chance; until then the model's card is believed. A judgement."""

_DECAY = 0.5 ** (1 / HALF_LIFE_ANSWERS)
_FASTEST = 1e9  # what `Speed` can hold
_LEAST_STREAMED = 2  # tokens: one alone takes no time after itself


class Timed(msgspec.Struct, frozen=True, kw_only=True):
    """How long one whole answer took.

    Attributes:
        streamed: Whether its bytes came as they were written; else all came at its end.
        first_s: Seconds from the request to the first byte.
        rest_s: Seconds from the first byte to the last.
        tokens: Tokens of one choice; choices are written side by side.
        hidden_tokens: Of these, the ones that were thought before the first byte, and not shown.
    """

    streamed: bool
    first_s: float
    rest_s: float
    tokens: float
    hidden_tokens: float = 0.0


class _Seen:
    """Sums over one model's answers, in which an older answer weighs less."""

    def __init__(self) -> None:
        self.answers = 0
        self.weight = 0.0
        self.first_s = 0.0
        self.seconds = 0.0
        self.tokens = 0.0

    def add(self, first_s: float, seconds: float, tokens: float) -> None:
        self.answers += 1
        self.weight = self.weight * _DECAY + 1
        self.first_s = self.first_s * _DECAY + first_s
        self.seconds = self.seconds * _DECAY + seconds
        self.tokens = self.tokens * _DECAY + tokens


class Speeds:
    """The speed of each model, by its name.

    It is a mean over answers of the time to the first token, and one over tokens of their time, so
    that a long answer weighs more there than a short one.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._known: dict[str, Speed] = {}

    def observe(self, model: Model, timed: Timed) -> None:
        """Note an answer; one too short to tell a speed is passed over."""
        split = self._streamed(timed) if timed.streamed else self._at_once(model, timed)
        if split is None:
            return
        seen = self._seen.setdefault(model.name, _Seen())
        seen.add(*split)
        if seen.answers >= LEAST_ANSWERS:
            self._known[model.name] = Speed(
                first_token_s=_short(seen.first_s / seen.weight),
                tokens_per_s=_short(min(_FASTEST, seen.tokens / seen.seconds)),
            )

    def known(self, models: Container[str]) -> Mapping[str, Speed]:
        """Return the speed of those of some models that have answered often enough."""
        return {name: speed for name, speed in self._known.items() if name in models}

    def _streamed(self, timed: Timed) -> tuple[float, float, float] | None:
        """Split an answer into seconds to its first token, seconds after it, and their tokens.

        Where a model has thought without a sign, its first token came before its first byte, by
        the time that the hidden tokens took.
        """
        shown = timed.tokens - timed.hidden_tokens
        if shown < _LEAST_STREAMED or timed.rest_s <= 0:
            return None
        thinking_s = min(timed.first_s, timed.hidden_tokens * timed.rest_s / (shown - 1))
        return timed.first_s - thinking_s, timed.rest_s, shown - 1

    def _at_once(self, model: Model, timed: Timed) -> tuple[float, float, float] | None:
        """Split an answer that came whole: its first token's time is the one known, or none.

        Without one all time is the tokens', which foretells answers of the usual length as well.
        """
        whole_s = timed.first_s + timed.rest_s
        if timed.tokens < 1 or whole_s <= 0:
            return None
        seen = self._seen.get(model.name)
        first_s = seen.first_s / seen.weight if seen else _stated_first_s(model)
        # What is known may be of slower days: at least half is left for the tokens.
        first_s = min(first_s, whole_s / 2)
        return first_s, whole_s - first_s, timed.tokens


def _short(value: float) -> float:
    return float(f"{value:.4g}")  # it stands in every record


def _stated_first_s(model: Model) -> float:
    return 0.0 if model.speed is None else model.speed.first_token_s
