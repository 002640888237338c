"""Turns a typed config into what the router runs on; checks what types alone cannot."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pointsman.catalog.families import FAMILIES, Family
from pointsman.catalog.models import AUTO_NAMES, Catalog, Endpoint, Model, default_strengths
from pointsman.config.heads import basis_of, digest_of, load_heads
from pointsman.config.load import Source, parse_config, read_source
from pointsman.config.schema import Config, ModelConfig, PreferConfig, RuleConfig
from pointsman.encoder.bundle import DEFAULT_BUNDLE, Bundle, load_bundle
from pointsman.errors import BundleError, ConfigError
from pointsman.policy.conditions import asked_signals, parse_condition, suggestion
from pointsman.policy.decide import NAMED
from pointsman.policy.rules import DEFAULT_PREFER, Policy, Prefer, ReasoningRule, Rule
from pointsman.policy.selection import SELECTORS
from pointsman.policy.world import World
from pointsman.signals import Detector, Vocabulary, asked_of, default_detectors, vocabulary
from pointsman.signals.detector import Kind
from pointsman.signals.head_file import Head

DEFAULT_CONFIG = Path(__file__).parent / "default.yaml"
LAST_RULE = "default"
"""Name of the rule that stands behind the operator's rules and takes what they leave."""


class Setup(msgspec.Struct, frozen=True):
    """A config that has been checked, with the bundle it runs on.

    Attributes:
        shelf: Every detector there is; the world has those that its policy asks for.
        heads: What the operator has learned, by the name of its signal.
    """

    config: Config
    world: World
    bundle: Bundle
    shelf: tuple[Detector, ...]
    heads: Mapping[str, Head] = {}

    @property
    def kinds(self) -> dict[str, Kind]:
        """What the values of each signal on the shelf are."""
        return {detector.name: detector.kind for detector in self.shelf}


def load_setup(path: Path | None = None) -> Setup:
    """Read and check a config file (the shipped example when None) and its encoder bundle.

    Raises:
        ConfigError: The file is wrong.
        BundleError: The encoder bundle is missing or damaged.
    """
    source = read_source(path or DEFAULT_CONFIG)
    config = parse_config(source)
    return build_setup(config, bundle_of(config, source), source)


def build_setup(config: Config, bundle: Bundle, source: Source) -> Setup:
    """Put a typed config together with its bundle.

    Raises:
        ConfigError: The config contradicts itself or names what is not there.
        BundleError: The bundle lacks a head that routing needs.
    """
    heads = load_heads(config.heads, bundle, source)
    shelf = default_detectors(bundle.labels(), config.keywords, heads)
    return Setup(config, build_world(config, bundle, source, shelf, heads), bundle, shelf, heads)


def bundle_of(config: Config, source: Source) -> Bundle:
    """Read the encoder bundle that a config names, or the shipped one.

    Raises:
        BundleError: It is missing or damaged.
    """
    folder = config.encoder.bundle
    return load_bundle(Path(source.name).parent / folder if folder else DEFAULT_BUNDLE)


def build_world(
    config: Config,
    bundle: Bundle,
    source: Source,
    shelf: tuple[Detector, ...],
    heads: Mapping[str, Head] | None = None,
) -> World:
    """Turn a typed config into catalog, policy and the detectors that the policy asks for.

    Raises:
        ConfigError: It contradicts itself or names what is not there.
        BundleError: The bundle lacks a head that routing needs.
    """
    _check_heads(bundle)
    families = {**FAMILIES, **config.families}
    catalog = Catalog(_models(config.models, families, source))
    for name, words in config.keywords.items():
        if not words or not all(word.strip() for word in words):
            raise source.error("expected a list of words", f"$.keywords.{name}")
    policy = Policy(
        rules=_rules(config.policy.rules, catalog, vocabulary(shelf), source),
        prefer=_prefer(config.policy.prefer, source),
        basis=basis_of(heads or {}, config.heads),
    )
    needed = _needed(policy)
    detectors = tuple(detector for detector in shelf if detector.name in needed)
    digest = hashlib.sha256(msgspec.json.encode(config, order="sorted"))
    if heads:
        digest.update(digest_of(heads.values()))
    return World(
        policy=policy,
        catalog=catalog,
        detectors=detectors,
        asked=asked_of(detectors, config.encoder.max_windows),
        policy_hash=digest.hexdigest()[:16],
        bundle=f"{bundle.manifest.name} {bundle.manifest.version}",
        ask_usage=config.server.ask_usage,
    )


def _needed(policy: Policy) -> frozenset[str]:
    """The signals that a policy looks at; prompts are always counted, to price them."""
    asked = {name for rule in policy.rules if rule.when for name in asked_signals(rule.when)}
    weighs = any(rule.choose != "static" for rule in policy.rules)
    return frozenset(asked | {"surface"} | ({"reasoning"} if weighs else set()))


def _check_heads(bundle: Bundle) -> None:
    heads = {head.name for head in bundle.manifest.heads}
    if missing := sorted({"domain", "outcome", "extra_tokens"} - heads):
        raise BundleError(
            f"encoder bundle {bundle.path} has no head {', '.join(missing)}, which routing needs: "
            "use a bundle made by the same version of `pointsman train`"
        )


def _models(
    configs: Mapping[str, ModelConfig], families: Mapping[str, Family], source: Source
) -> dict[str, Model]:
    guessed = default_strengths({name: m.usd_per_million for name, m in configs.items()})
    models = {}
    for name, model in configs.items():
        path = f"$.models.{name}"
        _check_name(name, source, path)
        if name in AUTO_NAMES:
            raise source.error(f"`{name}` means 'you choose' and cannot name a model", path)
        if model.family not in families:
            raise source.error(
                f"unknown family `{model.family}`{suggestion(model.family, families)}; known are: "
                f"{', '.join(families)}; or define it under `families`",
                f"{path}.family",
            )
        models[name] = Model(
            name=name,
            upstream_name=model.name or name,
            family_name=model.family,
            family=families[model.family],
            prices=model.usd_per_million,
            endpoints=_endpoints(model, source, path),
            strength=guessed[name] if model.strength is None else model.strength,
            context_window=model.context_window,
            images=model.images,
        )
    return models


def _check_name(name: str, source: Source, path: str) -> None:
    """Names stand in response headers, which end at a line break."""
    if not name.strip() or not name.isprintable():
        raise source.error("expected a name of printable characters", path)


def _endpoints(model: ModelConfig, source: Source, path: str) -> tuple[Endpoint, ...]:
    if (model.url is None) == (not model.endpoints):
        raise source.error("expected either `url` or `endpoints`", path)
    if model.url is not None:
        return (Endpoint(model.url, 1.0, model.api_key_env, model.health_path),)
    return tuple(
        Endpoint(
            endpoint.url,
            endpoint.weight,
            endpoint.api_key_env or model.api_key_env,
            endpoint.health_path or model.health_path,
        )
        for endpoint in model.endpoints
    )


def _prefer(prefer: PreferConfig, source: Source) -> Prefer:
    if prefer.trade is not None and prefer.quality_loss_max is not None:
        raise source.error("give `lambda` or `quality_loss_max`, not both", "$.policy.prefer")
    if prefer.trade is None and prefer.quality_loss_max is None:
        return DEFAULT_PREFER
    return Prefer(prefer.trade, prefer.quality_loss_max)


def _rules(
    configs: tuple[RuleConfig, ...], catalog: Catalog, words: Vocabulary, source: Source
) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for index, config in enumerate(configs):
        path = f"$.policy.rules[{index}]"
        _check_name(config.name, source, f"{path}.name")
        if config.name == NAMED or (config.name == LAST_RULE and config.when is not None):
            raise source.error(f"`{config.name}` names a rule of pointsman's own", f"{path}.name")
        if config.name in {rule.name for rule in rules}:
            raise source.error(f"two rules are named `{config.name}`", f"{path}.name")
        rules.append(_rule(config, catalog, words, source, path))
    if all(rule.when is not None for rule in rules):
        rules.append(Rule(LAST_RULE, tuple(catalog.models)))
    return tuple(rules)


def _rule(
    config: RuleConfig, catalog: Catalog, words: Vocabulary, source: Source, path: str
) -> Rule:
    use = (config.use,) if isinstance(config.use, str) else config.use
    for name in use:
        if name not in catalog.models:
            raise source.error(
                f"unknown model `{name}`{suggestion(name, catalog.models)}; models are: "
                f"{', '.join(catalog.models)}",
                f"{path}.use",
            )
    if config.choose not in SELECTORS:
        raise source.error(
            f"unknown selection algorithm `{config.choose}`; known are: {', '.join(SELECTORS)}",
            f"{path}.choose",
        )
    try:
        when = None
        if config.when is not None:
            when = parse_condition(config.when, words, f"{path}.when")
    except ConfigError as error:
        raise source.error(error.message, error.param) from error
    reasoning = config.reasoning
    return Rule(
        name=config.name,
        use=use or tuple(catalog.models),
        when=when,
        choose=config.choose,
        reasoning=ReasoningRule(reasoning) if isinstance(reasoning, str) else reasoning,
    )
