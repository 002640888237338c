"""Turns `guard` in a config into what the policy knows; checks what types alone cannot."""

from collections.abc import Iterable, Mapping

import msgspec

from pointsman.catalog.sight import REST, PiiRule, PiiTable
from pointsman.config.guard_schema import (
    Attack,
    AttackConfig,
    Bound,
    GuardPartConfig,
    Pii,
    RateConfig,
)
from pointsman.config.load import Source
from pointsman.encoder.bundle import Bundle, FlagsHead
from pointsman.encoder.ladder import threshold_for
from pointsman.errors import ConfigError
from pointsman.policy.conditions import suggestion
from pointsman.policy.guard import AttackGuard, Guard
from pointsman.signals import Vocabulary
from pointsman.signals.attacks import ATTACKS, HEAD


class GuardReader(msgspec.Struct, frozen=True):
    """Reads the words of all parties of one file.

    Args:
        models: Names of the models.
        words: What signals know; `pii` has the types of personal data.
        bundle: Its thresholds stand where the operator gives none.
        source: The file.
    """

    models: tuple[str, ...]
    words: Vocabulary
    bundle: Bundle
    source: Source

    def part(self, config: GuardPartConfig | None, path: str) -> Guard:
        """Return what one party says.

        Raises:
            ConfigError: It names what is not there, or contradicts itself.
        """
        if config is None:
            return Guard()
        said = {name: getattr(config, name) for name in ATTACKS}
        return Guard(
            attacks={
                name: self._attack(name, attack, f"{path}.{name}")
                for name, attack in said.items()
                if attack is not None
            },
            pii=self.table(config.pii, f"{path}.pii"),
            on_failure=config.on_failure,
            media=config.media,
        )

    def table(self, config: Pii | None, path: str) -> PiiTable:
        """Return a table of personal data.

        Raises:
            ConfigError: It names a type that nobody finds.
        """
        if config is None:
            return {}
        known = self.words.get("pii", frozenset())
        if not known:
            raise self.source.error("the encoder bundle finds no personal data", path)
        rules = config if isinstance(config, dict) else {REST: config}
        for type_ in rules:
            if type_ != REST and type_ not in known:
                raise self.source.error(
                    f"nobody finds `{type_}`{suggestion(type_, known)}; types are: "
                    f"{', '.join(sorted(known))}, or `{REST}` for all others",
                    f"{path}.{type_}",
                )
        return {
            type_: PiiRule(rule) if isinstance(rule, str) else rule for type_, rule in rules.items()
        }

    def _attack(self, name: str, config: Attack, path: str) -> AttackGuard:
        if name not in self.words:
            raise self.source.error(f"the encoder bundle does not measure `{name}`", path)
        if config == "pass":
            return AttackGuard()
        if config == "flag":
            return AttackGuard(flag_above=self._shipped(name, path))
        if config == "refuse":
            return AttackGuard(refuse_above=self._shipped(name, path))
        self._check(config, path)
        bounds = {
            key: self._bound(name, getattr(config, key), f"{path}.{key}")
            for key in ("refuse_above", "send_above", "flag_above")
        }
        if all(bound is None for bound in bounds.values()):
            bounds["send_above" if config.send_to else "refuse_above"] = self._shipped(name, path)
        return AttackGuard(**bounds, send_to=config.send_to, on_failure=config.on_failure)

    def _check(self, config: AttackConfig, path: str) -> None:
        if config.send_above is not None and config.send_to is None:
            raise self.source.error("`send_above` needs `send_to: MODEL`", path)
        if config.send_to is not None and config.send_to not in self.models:
            raise self.source.error(
                f"unknown model `{config.send_to}`{suggestion(config.send_to, self.models)}; "
                f"models are: {', '.join(self.models)}",
                f"{path}.send_to",
            )

    def _bound(self, name: str, bound: Bound | None, path: str) -> float | None:
        if not isinstance(bound, RateConfig):
            return bound
        try:
            return threshold_for(self._head(), name, bound.false_refusals).above
        except ConfigError as error:
            raise self.source.error(error.message, f"{path}.false_refusals") from error

    def _shipped(self, name: str, path: str) -> float:
        stated = self._head().thresholds
        if name not in stated:
            raise self.source.error(
                "the encoder bundle states no threshold of its own: give `refuse_above`", path
            )
        return stated[name].above

    def _head(self) -> FlagsHead:
        heads = self.bundle.manifest.heads
        return next(h for h in heads if isinstance(h, FlagsHead) and h.name == HEAD)


def signals_of(guards: Iterable[Guard], tables: Iterable[PiiTable]) -> frozenset[str]:
    """Return the signals that any party looks at, the model cards' tables among them."""
    by_cards = Guard(pii=_joined(tables)).signals
    return frozenset().union(*(guard.signals for guard in guards), by_cards)


def _joined(tables: Iterable[PiiTable]) -> Mapping[str, PiiRule]:
    """Return the rules of all tables that hide something, under any name."""
    rules = [rule for table in tables for rule in table.values()]
    return {str(number): rule for number, rule in enumerate(rules)}
