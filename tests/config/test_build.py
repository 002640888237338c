"""What types alone cannot check, and what comes out when all is right."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pointsman.catalog.models import Endpoint
from pointsman.config.build import DEFAULT_CONFIG, LAST_RULE, Setup, build_setup, load_setup
from pointsman.config.load import Source, parse_config
from pointsman.encoder.bundle import Bundle
from pointsman.encoder.encoding import Asked
from pointsman.errors import BundleError, ConfigError
from pointsman.policy.conditions import Asks, Condition, Not
from pointsman.policy.rules import DEFAULT_PREFER, Prefer, ReasoningRule

MODELS = "models: {a: {url: 'http://h/v1'}, b: {url: 'http://i/v1'}}\n"

MakeSetup = Callable[[str], Setup]


def rules(text: str) -> str:
    return f"{MODELS}policy:\n  rules:\n    - {text}\n"


WRONG: list[tuple[str, int, str, str]] = [
    # text, line, what and the mend, path
    ("models: {auto: {url: 'http://h/v1'}}", 1, "means 'you choose'", "$.models.auto"),
    ("models: {MoM: {url: 'http://h/v1'}}", 1, "means 'you choose'", "$.models.MoM"),
    ("models: {'': {url: 'http://h/v1'}}", 1, "printable characters", "$.models."),
    ('models: {"a\\r\\nx: y": {url: "http://h/v1"}}', 1, "printable", "$.models.a\r\nx: y"),
    ("models: {a: {}}", 1, "expected either `url` or `endpoints`", "$.models.a"),
    (
        "models: {a: {url: 'http://h/v1', endpoints: [{url: 'http://h/v1'}]}}",
        1,
        "expected either `url` or `endpoints`",
        "$.models.a",
    ),
    (
        "models:\n  a:\n    url: http://h/v1\n    family: qwen",
        4,
        "unknown family `qwen`, did you mean `qwen3`?; known are: generic, qwen3,",
        "$.models.a.family",
    ),
    (MODELS + "keywords: {urgent: []}", 2, "expected a list of words", "$.keywords.urgent"),
    (MODELS + "keywords: {urgent: [now, '']}", 2, "expected a list of words", "$.keywords.urgent"),
    (
        MODELS + "policy: {prefer: {lambda: 0.1, quality_loss_max: 0.1}}",
        2,
        "give `lambda` or `quality_loss_max`, not both",
        "$.policy.prefer",
    ),
    (rules("{name: x, use: c}"), 4, "unknown model `c`; models are: a, b", "$.policy.rules[0].use"),
    (rules("{name: x, use: [a, bb]}"), 4, "did you mean `b`?", "$.policy.rules[0].use"),
    (rules("{name: x, choose: luck}"), 4, "known are: gain, static", "$.policy.rules[0].choose"),
    (rules("{name: named}"), 4, "a rule of pointsman's own", "$.policy.rules[0].name"),
    (
        rules("{name: default, when: {domain: math}}"),
        4,
        "a rule of pointsman's own",
        "$.policy.rules[0].name",
    ),
    (rules("{name: ''}"), 4, "printable characters", "$.policy.rules[0].name"),
    (rules('{name: "x\\ny"}'), 4, "printable characters", "$.policy.rules[0].name"),
    (
        rules("{name: x, when: {domain: math}}\n    - {name: x}"),
        5,
        "two rules are named `x`",
        "$.policy.rules[1].name",
    ),
    (
        rules("{name: x, when: {domain: maths}}"),
        4,
        "did you mean `math`?",
        "$.policy.rules[0].when.domain",
    ),
    (
        rules("name: x\n      when:\n        all:\n        - domain: math\n          above: high"),
        8,
        "expected a number, got 'high'",
        "$.policy.rules[0].when.all[0].above",
    ),
    (
        rules("{name: x, when: {keywords: urgent}}"),
        4,
        "it knows: none (define some first)",
        "$.policy.rules[0].when.keywords",
    ),
    (rules("{name: x, when: []}"), 4, "expected a condition", "$.policy.rules[0].when"),
    (
        rules("{name: x, when: {jailbreak: risk}}"),
        4,
        "signal `jailbreak` has no `risk`; it knows: p",
        "$.policy.rules[0].when.jailbreak",
    ),
    (
        rules("{name: x, when: {pii: EMAIL_ADRESS}}"),
        4,
        "did you mean `EMAIL_ADDRESS`?",
        "$.policy.rules[0].when.pii",
    ),
    (
        rules("{name: x, when: {coverage: unread}}"),
        4,
        "it knows: passes, unread_characters",
        "$.policy.rules[0].when.coverage",
    ),
    (
        rules("{name: x, when: {language: english}}"),
        4,
        "signal `language` has no `english`",
        "$.policy.rules[0].when.language",
    ),
]


@pytest.mark.parametrize(("text", "line", "what", "path"), WRONG, ids=[p for *_, p in WRONG])
def test_what_contradicts_itself_is_said_with_its_place_and_mend(
    text: str, line: int, what: str, path: str, a_setup: MakeSetup
) -> None:
    with pytest.raises(ConfigError) as caught:
        a_setup(text)
    assert caught.value.message.startswith(f"pointsman.yaml:{line}: ")
    assert what in caught.value.message
    assert caught.value.param == path


def test_the_shipped_config_is_right() -> None:
    setup = load_setup()
    assert list(setup.world.catalog.models) == ["small", "large"]
    assert [rule.name for rule in setup.world.policy.rules] == ["proofs", "everyday"]
    assert setup.world.bundle.startswith(setup.bundle.manifest.name)
    assert load_setup(DEFAULT_CONFIG).world.policy == setup.world.policy


def test_a_models_card_is_filled_from_what_is_said_and_what_is_not(a_setup: MakeSetup) -> None:
    catalog = a_setup(
        "models:\n"
        "  plain: {url: 'http://h/v1', usd_per_million: {output: 1}}\n"
        "  full:\n"
        "    name: org/full\n"
        "    family: openai\n"
        "    endpoints: [{url: 'https://a/v1'}, {url: 'https://b/v1', weight: 3,"
        " api_key_env: KEY_B, health_path: /alive}]\n"
        "    api_key_env: KEY\n"
        "    health_path: /health\n"
        "    usd_per_million: {input: 1, output: 9, cached_input: 0.5}\n"
        "    strength: 0.7\n"
        "    context_window: 1000\n"
        "    images: false\n"
    ).world.catalog
    plain, full = catalog.models["plain"], catalog.models["full"]
    assert (plain.upstream_name, plain.family_name, plain.strength) == ("plain", "generic", 0.0)
    assert plain.endpoints == (Endpoint("http://h/v1"),)
    assert (plain.context_window, plain.images) == (None, True)
    assert (full.upstream_name, full.family_name, full.strength) == ("org/full", "openai", 0.7)
    assert full.endpoints == (
        Endpoint("https://a/v1", 1.0, "KEY", "/health"),
        Endpoint("https://b/v1", 3.0, "KEY_B", "/alive"),
    )
    assert (full.context_window, full.images) == (1000, False)


def test_an_operators_family_is_known_to_its_models(a_setup: MakeSetup) -> None:
    setup = a_setup(
        "families: {mine: {on: {think: true}, off: {think: false}}}\n"
        "models: {a: {url: 'http://h/v1', family: mine}}\n"
    )
    choices = setup.world.catalog.models["a"].family.choices()
    assert [str(choice) for choice in choices] == ["off", "on"]


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("{}", DEFAULT_PREFER),
        ("{lambda: 0}", Prefer(trade=0.0)),
        ("{lambda: 0.5}", Prefer(trade=0.5)),
        ("{quality_loss_max: 0.02}", Prefer(quality_loss_max=0.02)),
    ],
)
def test_the_dial_is_what_the_file_says(prefer: str, expected: Prefer, a_setup: MakeSetup) -> None:
    assert a_setup(f"{MODELS}policy: {{prefer: {prefer}}}").world.policy.prefer == expected


def test_a_rule_is_what_the_file_says(a_setup: MakeSetup) -> None:
    (first, second) = a_setup(
        rules(
            "{name: x, when: {domain: math, above: 0.6}, use: b, choose: static, reasoning: on}\n"
            "    - {name: y, reasoning: {mode: off, override: true}}"
        )
    ).world.policy.rules
    assert (first.when, first.use, first.choose) == (Asks("domain", "math", 0.6), ("b",), "static")
    assert first.reasoning == ReasoningRule("on")
    assert (second.when, second.use) == (None, ("a", "b"))
    assert second.reasoning == ReasoningRule("off", override=True)


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        ("{}", [LAST_RULE]),
        ("{rules: []}", [LAST_RULE]),
        ("{rules: [{name: x, when: {domain: math}}]}", ["x", LAST_RULE]),
        ("{rules: [{name: x}]}", ["x"]),
        ("{rules: [{name: x}, {name: y, when: {domain: math}}]}", ["x", "y"]),
    ],
)
def test_what_the_rules_leave_is_taken_by_a_last_one(
    policy: str, names: list[str], a_setup: MakeSetup
) -> None:
    found = a_setup(f"{MODELS}policy: {policy}").world.policy.rules
    assert [rule.name for rule in found] == names
    assert any(rule.when is None for rule in found)


def test_keywords_become_a_signal(a_setup: MakeSetup) -> None:
    setup = a_setup(
        MODELS + "keywords: {urgent: [now]}\npolicy: {rules: [{name: x, when: {keywords: urgent}}]}"
    )
    assert setup.world.policy.rules[0].when == Asks("keywords", "urgent")


@pytest.mark.parametrize(
    ("when", "expected", "measured"),
    [
        ("{jailbreak: p, above: 0.8}", Asks("jailbreak", "p", 0.8), {"jailbreak"}),
        ("{injection: p}", Asks("injection", "p"), {"injection"}),
        ("{harmful: p, below: 0.1}", Asks("harmful", "p", None, 0.1), {"harmful"}),
        ("{pii: US_SSN}", Asks("pii", "US_SSN"), {"pii"}),
        ("{pii: PERSON, above: 0.8}", Asks("pii", "PERSON", 0.8), {"pii"}),
        (
            "{coverage: unread_characters}",
            Asks("coverage", "unread_characters"),
            {"coverage"},
        ),
        ("{not: {language: en, above: 0.6}}", Not(Asks("language", "en", 0.6)), {"language"}),
    ],
)
def test_a_rule_may_look_at_attacks_personal_data_coverage_and_language(
    when: str, expected: Condition, measured: set[str], a_setup: MakeSetup
) -> None:
    rule = f"{{name: x, when: {when}, use: a, choose: static}}"
    world = a_setup(rules(f"{rule}\n    - {{name: y, use: b, choose: static}}")).world
    assert world.policy.rules[0].when == expected
    assert {detector.name for detector in world.detectors} == measured | {"surface"}


def test_what_the_gain_of_a_target_depends_on_is_measured_where_it_is_weighed(
    a_setup: MakeSetup,
) -> None:
    weighed, static = (a_setup(rules(f"{{name: x, choose: {c}}}")) for c in ("gain", "static"))
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
    assert a_setup(MODELS).world.asked.max_windows == 64
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
