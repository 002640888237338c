"""What types alone cannot check, and what comes out when all is right."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pointsman.config.build import DEFAULT_CONFIG, Setup, build_setup, load_setup
from pointsman.config.load import Source, parse_config
from pointsman.encoder.bundle import Bundle
from pointsman.encoder.encoding import Asked
from pointsman.errors import BundleError, ConfigError
from pointsman.policy.conditions import Asks

MODELS = "models: {a: {url: 'http://h/v1'}, b: {url: 'http://i/v1'}}\n"

MakeSetup = Callable[[str], Setup]


def rules(text: str) -> str:
    return f"{MODELS}policy:\n  rules:\n    - {text}\n"


@pytest.mark.parametrize("words", ["[]", "[now, '']", "['  ']"])
def test_a_list_of_keywords_holds_words(words: str, a_setup: MakeSetup) -> None:
    with pytest.raises(ConfigError) as caught:
        a_setup(f"{MODELS}keywords: {{urgent: {words}}}")
    assert caught.value.message.startswith("pointsman.yaml:2: expected a list of words")
    assert caught.value.param == "$.keywords.urgent"


def test_the_shipped_config_is_right() -> None:
    setup = load_setup()
    assert list(setup.world.catalog.models) == ["small", "large"]
    assert [rule.name for rule in setup.world.policy.rules] == ["proofs", "everyday"]
    assert setup.world.bundle.startswith(setup.bundle.manifest.name)
    assert load_setup(DEFAULT_CONFIG).world.policy == setup.world.policy


def test_keywords_become_a_signal(a_setup: MakeSetup) -> None:
    setup = a_setup(
        MODELS + "keywords: {urgent: [now]}\npolicy: {rules: [{name: x, when: {keywords: urgent}}]}"
    )
    assert setup.world.policy.rules[0].when == Asks("keywords", "urgent")


def test_what_the_gain_of_a_target_depends_on_is_measured_where_it_is_weighed(
    a_setup: MakeSetup,
) -> None:
    weighed, static = (a_setup(rules(f"{{name: x, choose: {c}}}")) for c in ("budget", "static"))
    assert [d.name for d in weighed.world.detectors] == ["reasoning", "surface"]
    assert [d.name for d in static.world.detectors] == ["surface"]
    assert static.world.asked == Asked()
    assert weighed.world.asked.judged == {"outcome", "extra_tokens"}


def test_the_shelf_holds_what_the_policy_does_not_look_at(a_setup: MakeSetup) -> None:
    setup = a_setup(MODELS)
    assert set(setup.kinds) == {detector.name for detector in setup.shelf}
    assert setup.kinds["domain"] == setup.kinds["language"] == "exclusive"
    assert setup.kinds["jailbreak"] == setup.kinds["coverage"] == "numbers"
    assert setup.kinds["pii"] == setup.kinds["keywords"] == "probabilities"


def test_how_much_of_a_request_is_read_is_the_operators_choice(a_setup: MakeSetup) -> None:
    assert a_setup(MODELS).world.asked.max_windows == 512
    assert a_setup(MODELS + "encoder: {max_windows: 3}").world.asked.max_windows == 3


def test_the_hash_is_that_of_what_is_meant(a_setup: MakeSetup) -> None:
    one = a_setup(MODELS).world.policy_hash
    same = a_setup("# a remark\nmodels:\n  b: {url: http://i/v1}\n  a: {url: http://h/v1}\n")
    other = a_setup(MODELS + "policy: {prefer: {lambda: 0.3}}").world.policy_hash
    assert len(one) == 16
    assert same.world.policy_hash == one
    assert other != one


def test_another_bundle_lies_beside_the_config(
    config_file: Callable[[str], Path], bundle: Bundle
) -> None:
    path = config_file(MODELS + "encoder: {bundle: mine}")
    with pytest.raises(BundleError, match="no encoder bundle at"):
        load_setup(path)
    (path.parent / "mine").symlink_to(bundle.path)
    assert load_setup(path).bundle.path == path.parent / "mine"
    absolute = config_file(f"{MODELS}encoder: {{bundle: '{bundle.path}'}}")
    assert load_setup(absolute).bundle.path == bundle.path


def test_a_bundle_without_a_head_that_routing_needs_is_refused_at_the_start(
    bundle: Bundle,
) -> None:
    heads = tuple(head for head in bundle.manifest.heads if head.name != "outcome")
    lacking = Bundle(bundle.path, msgspec.structs.replace(bundle.manifest, heads=heads))
    source = Source("pointsman.yaml", MODELS)
    with pytest.raises(BundleError, match="has no head outcome"):
        build_setup(parse_config(source), lacking, source)
