"""Turns a typed config into what the router runs on; checks what types alone cannot."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import Catalog
from pointsman.config.dial import ground_of, prefer_of
from pointsman.config.guard import GuardReader, signals_of
from pointsman.config.heads import basis_of, digest_of, load_heads
from pointsman.config.load import Source, parse_config, read_source
from pointsman.config.models import catalog_of
from pointsman.config.rules import rules_of
from pointsman.config.schema import Config
from pointsman.config.tables import tables_of
from pointsman.encoder.bundle import DEFAULT_BUNDLE, Bundle, load_bundle
from pointsman.errors import BundleError
from pointsman.policy.conditions import asked_signals
from pointsman.policy.guard import Guards
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.selection import SELECTORS
from pointsman.policy.world import World
from pointsman.signals import Detector, asked_of, default_detectors, vocabulary
from pointsman.signals.detector import Kind
from pointsman.signals.head_file import GAIN, GainHead, Head

_LEAST_SECRET = 16
"""Characters of a secret: 128 bits, where each holds eight. A judgement."""

DEFAULT_CONFIG = Path(__file__).parent / "default.yaml"


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
    known = vocabulary(shelf)
    reader = GuardReader(tuple(config.models), known, bundle, source)
    catalog = catalog_of(config.models, {**FAMILIES, **config.families}, reader, source)
    for name, words in config.keywords.items():
        if not words or not all(word.strip() for word in words):
            raise source.error("expected a list of words", f"$.keywords.{name}")
    heads = heads or {}
    gain = heads.get(GAIN)
    learned = gain if isinstance(gain, GainHead) else None
    tables = tables_of(heads, config.heads, catalog, source)
    rules = rules_of(config.policy.rules, catalog, known, frozenset(tables), reader, source)
    guards = _guards(config, rules, catalog, reader)
    ground = ground_of(rules, catalog, bundle, learned)
    policy = Policy(
        rules=rules,
        prefer=prefer_of(config.policy.prefer, ground, source),
        basis=basis_of(heads, config.heads),
        ends=ground.ends,
        tables=tables,
        guards=guards,
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
        guard_asked=asked_of(_guarding(detectors, guards), config.encoder.max_windows),
        read_s=config.policy.guard.timeout_s,
        placeholder_key=_placeholder_key(config, source),
        policy_hash=digest.hexdigest()[:16],
        bundle=f"{bundle.manifest.name} {bundle.manifest.version}",
        ask_usage=config.server.ask_usage,
    )


def _needed(policy: Policy) -> frozenset[str]:
    """The signals that a policy looks at; prompts are always counted, to price them."""
    asked = {name for rule in policy.rules if rule.when for name in asked_signals(rule.when)}
    algorithms = [SELECTORS[rule.choose] for rule in policy.rules]
    tables = {policy.tables[one.table].signal for one in algorithms if one.table}
    weighs = {"reasoning"} if any(one.weighs for one in algorithms) else set()
    guards = policy.guards.signals
    # What was not read must not pass for harmless.
    coverage = {"coverage"} if guards else set()
    return frozenset(asked | {"surface"} | tables | weighs | guards | coverage)


def _guards(
    config: Config, rules: tuple[Rule, ...], catalog: Catalog, reader: GuardReader
) -> Guards:
    whole = reader.part(config.policy.guard, "$.policy.guard")
    tenants = {
        name: reader.part(tenant.guard, f"$.tenants.{name}.guard")
        for name, tenant in config.tenants.items()
    }
    said = [whole, *tenants.values(), *(rule.guard for rule in rules if rule.guard)]
    tables = [model.pii for model in catalog.models.values()]
    return Guards(whole, tenants, signals_of(said, tables))


def _guarding(detectors: tuple[Detector, ...], guards: Guards) -> Iterator[Detector]:
    """Yield the detectors that the guard needs, whatever the rules ask."""
    needed = guards.signals | {"coverage"} if guards.signals else frozenset()
    return (detector for detector in detectors if detector.name in needed)


def _placeholder_key(config: Config, source: Source) -> bytes | None:
    guard, path = config.policy.guard, "$.policy.guard.placeholder_key_env"
    if (guard.placeholders == "keyed") != (guard.placeholder_key_env is not None):
        raise source.error("`placeholders: keyed` and `placeholder_key_env` go together", path)
    if guard.placeholder_key_env is None:
        return None
    secret = os.environ.get(guard.placeholder_key_env, "")
    if len(secret) < _LEAST_SECRET:
        raise source.error(
            f"the environment variable {guard.placeholder_key_env} holds no secret of "
            f"{_LEAST_SECRET} characters or more; set it, the same on every replica",
            path,
        )
    return secret.encode("utf-8", "surrogateescape")


def _check_heads(bundle: Bundle) -> None:
    heads = {head.name for head in bundle.manifest.heads}
    if missing := sorted({"domain", "outcome", "extra_tokens"} - heads):
        raise BundleError(
            f"encoder bundle {bundle.path} has no head {', '.join(missing)}, which routing needs: "
            "use a bundle made by the same version of `pointsman train`"
        )
