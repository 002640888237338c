"""Turns the rules of a config into those of a policy; checks what types alone cannot."""

from collections.abc import Iterator

import msgspec

from pointsman.catalog.models import Catalog
from pointsman.config.guard import GuardReader
from pointsman.config.load import Source
from pointsman.config.schema import RuleConfig
from pointsman.errors import ConfigError
from pointsman.policy.conditions import Condition, parse_condition, suggestion
from pointsman.policy.decide import NAMED
from pointsman.policy.guard import GUARD
from pointsman.policy.rules import ReasoningRule, Rule, Shadow
from pointsman.policy.selection import SELECTORS
from pointsman.signals import Vocabulary

LAST_RULE = "default"
"""Name of the rule that stands behind the operator's rules and takes what they leave."""


def rules_of(
    configs: tuple[RuleConfig, ...],
    catalog: Catalog,
    words: Vocabulary,
    tables: frozenset[str],
    guards: GuardReader,
    source: Source,
) -> tuple[Rule, ...]:
    """Return the policy's rules; the last one always holds.

    Args:
        configs: As they stand in the file.
        catalog: The models.
        words: What conditions may speak of.
        tables: Names of the tables of outcomes that the config has.
        guards: Reads what the guard does otherwise where a rule holds.
        source: The file.

    Raises:
        ConfigError: One of them names what is not there, or contradicts itself.
    """
    rules: list[Rule] = []
    for index, config in enumerate(configs):
        path = f"$.policy.rules[{index}]"
        check_printable(config.name, source, f"{path}.name")
        if config.name in {NAMED, GUARD} or (config.name == LAST_RULE and config.when is not None):
            raise source.error(f"`{config.name}` names a rule of pointsman's own", f"{path}.name")
        if config.name in {rule.name for rule in rules}:
            raise source.error(f"two rules are named `{config.name}`", f"{path}.name")
        rule = _rule(config, catalog, words, source, path)
        if config.guard is not None:
            guard = guards.part(config.guard, f"{path}.guard")
            rule = msgspec.structs.replace(rule, guard=guard)
        rules.append(rule)
        _check_needs(rules[-1], catalog, tables, source, path)
    if all(rule.when is not None for rule in rules):
        rules.append(Rule(LAST_RULE, tuple(catalog.models)))
    return tuple(rules)


def check_printable(name: str, source: Source, path: str) -> None:
    """Check a name that will stand in response headers, which end at a line break."""
    if not name.strip() or not name.isprintable():
        raise source.error("expected a name of printable characters", path)


def _rule(
    config: RuleConfig, catalog: Catalog, words: Vocabulary, source: Source, path: str
) -> Rule:
    weights = config.use if isinstance(config.use, dict) else {}
    choose = config.choose or ("split" if weights else "gain")
    if choose not in SELECTORS:
        raise source.error(
            f"unknown selection algorithm `{choose}`{suggestion(choose, SELECTORS)}; known are: "
            f"{', '.join(SELECTORS)}",
            f"{path}.choose",
        )
    if (choose == "split") != bool(weights):
        raise source.error(
            "`split` needs shares, and nothing else takes them: write `use: {small: 90, large: 10}`"
            " with `choose: split`, or a list of models with another algorithm",
            f"{path}.use",
        )
    if not all(phrase.strip() for phrase in config.cascade.unsure):
        raise source.error("an empty phrase is in every answer", f"{path}.cascade.unsure")
    reasoning = config.reasoning
    return Rule(
        name=config.name,
        use=_pool(config, catalog, source, path),
        when=_condition(config, words, source, path),
        choose=choose,
        reasoning=ReasoningRule(reasoning) if isinstance(reasoning, str) else reasoning,
        max_usd=config.max_usd,
        weights=weights,
        sticky=config.sticky,
        shadow=_shadow(config, catalog, source, path),
        cascade=config.cascade,
    )


def _condition(
    config: RuleConfig, words: Vocabulary, source: Source, path: str
) -> Condition | None:
    if config.when is None:
        return None
    try:
        return parse_condition(config.when, words, f"{path}.when")
    except ConfigError as error:
        raise source.error(error.message, error.param) from error


def _pool(config: RuleConfig, catalog: Catalog, source: Source, path: str) -> tuple[str, ...]:
    use = (config.use,) if isinstance(config.use, str) else tuple(config.use)
    for key, names in (("use", use), ("exclude", config.exclude)):
        for name in names:
            _check_model(name, catalog, source, f"{path}.{key}")
    pool = tuple(name for name in use or catalog.models if name not in config.exclude)
    if not pool:
        raise source.error(
            "`exclude` leaves no model; take one out of it, or out of the rule", f"{path}.exclude"
        )
    return pool


def _shadow(config: RuleConfig, catalog: Catalog, source: Source, path: str) -> Shadow | None:
    shadow = Shadow(config.shadow) if isinstance(config.shadow, str) else config.shadow
    if shadow is not None:
        _check_model(shadow.model, catalog, source, f"{path}.shadow")
    return shadow


def _check_model(name: str, catalog: Catalog, source: Source, path: str) -> None:
    if name not in catalog.models:
        raise source.error(
            f"unknown model `{name}`{suggestion(name, catalog.models)}; models are: "
            f"{', '.join(catalog.models)}",
            path,
        )


def _check_needs(
    rule: Rule, catalog: Catalog, tables: frozenset[str], source: Source, path: str
) -> None:
    algorithm = SELECTORS[rule.choose]
    if algorithm.table is not None and algorithm.table not in tables:
        raise source.error(
            f"`choose: {rule.choose}` looks up a table of your outcomes; make one with `pointsman "
            f"learn OUTCOMES --table {algorithm.table} --out {algorithm.table}.json`, and name it "
            f"under `heads: {{{algorithm.table}: {algorithm.table}.json}}`",
            f"{path}.choose",
        )
    if algorithm.times:
        check_speeds(rule.use, catalog, source, f"{path}.choose")


def check_speeds(names: tuple[str, ...], catalog: Catalog, source: Source, path: str) -> None:
    """Check that the speed of models is known, where time is weighed."""
    slow = [name for name in _with_top(names, catalog) if catalog.models[name].speed is None]
    if slow:
        raise source.error(
            f"time is weighed here, but nothing is known of the speed of {', '.join(slow)}: set "
            "`speed: {first_token_s: 0.3, tokens_per_s: 60}` on each",
            path,
        )


def _with_top(names: tuple[str, ...], catalog: Catalog) -> Iterator[str]:
    yield from dict.fromkeys((*names, catalog.top.model))
