"""The rules of a file, and everything about them that types alone cannot check."""

from collections.abc import Callable

import pytest

from pointsman.config.build import Setup
from pointsman.config.rules import LAST_RULE
from pointsman.policy.conditions import Asks, Condition, Not
from pointsman.policy.rules import Cascade, ReasoningRule, Rule, Shadow

MODELS = "models: {a: {url: 'http://h/v1'}, b: {url: 'http://i/v1'}}\n"

MakeSetup = Callable[[str], Setup]
Refused = Callable[[str], tuple[str, str]]


def rules(*lines: str, models: str = MODELS) -> str:
    return models + "policy:\n  rules:\n" + "".join(f"    - {line}\n" for line in lines)


def rule_of(built: MakeSetup, line: str) -> Rule:
    return built(rules(line)).world.policy.rules[0]


SPLIT = "`split` needs shares, and nothing else takes them: write `use: {small: 90, large: 10}`"

WRONG: list[tuple[str, str, str]] = [
    # rule, what is wrong and the mend, where in it
    ("{name: x, use: c}", "unknown model `c`; models are: a, b", ".use"),
    ("{name: x, use: [a, bb]}", "did you mean `b`?", ".use"),
    ("{name: x, use: {a: 1, bb: 2}}", "did you mean `b`?", ".use"),
    ("{name: x, exclude: [c]}", "unknown model `c`; models are: a, b", ".exclude"),
    ("{name: x, exclude: [a, b]}", "`exclude` leaves no model; take one out of it", ".exclude"),
    ("{name: x, use: a, exclude: [a]}", "`exclude` leaves no model; take one out", ".exclude"),
    ("{name: x, shadow: c}", "unknown model `c`; models are: a, b", ".shadow"),
    ("{name: x, shadow: {model: aa, share: 0.1}}", "did you mean `a`?", ".shadow"),
    ("{name: x, choose: luck}", "unknown selection algorithm `luck`; known are: gain,", ".choose"),
    ("{name: x, choose: cascades}", "did you mean `cascade`?", ".choose"),
    ("{name: x, choose: split}", SPLIT, ".use"),
    ("{name: x, use: [a, b], choose: split}", SPLIT, ".use"),
    ("{name: x, use: {a: 1, b: 2}, choose: gain}", SPLIT, ".use"),
    ("{name: x, use: {}, choose: split}", SPLIT, ".use"),
    ("{name: x, use: {a: 0}}", "expected `float` > 0.0", ".use[...]"),
    ("{name: x, choose: category}", "`choose: category` looks up a table of your", ".choose"),
    (
        "{name: x, choose: cluster}",
        "learn OUTCOMES --table cluster --out cluster.json`, and name it under `heads: {cluster:",
        ".choose",
    ),
    (
        "{name: x, choose: latency}",
        "nothing is known of the speed of a, b: set `speed: {first_token_s: 0.3, tokens_per_",
        ".choose",
    ),
    ("{name: x, max_usd: 0}", "expected `float` > 0.0", ".max_usd"),
    ("{name: x, sticky: user}", "it may be conversation, caller", ".sticky"),
    ("{name: x, cascade: {unsur: [hm]}}", "did you mean `unsure`?", ".cascade.unsur"),
    ("{name: x, cascade: {unsure: [' ']}}", "an empty phrase", ".cascade.unsure"),
    ("{name: named}", "`named` names a rule of pointsman's own", ".name"),
    ("{name: default, when: {domain: math}}", "a rule of pointsman's own", ".name"),
    ("{name: ''}", "printable characters", ".name"),
    ('{name: "x\\ny"}', "printable characters", ".name"),
    ("{name: x, when: {domain: maths}}", "did you mean `math`?", ".when.domain"),
    ("{name: x, when: {keywords: urgent}}", "it knows: none (define some", ".when.keywords"),
    ("{name: x, when: []}", "expected a condition", ".when"),
    ("{name: x, when: {jailbreak: risk}}", "has no `risk`; it knows: p", ".when.jailbreak"),
    ("{name: x, when: {pii: EMAIL_ADRESS}}", "did you mean `EMAIL_ADDRESS`?", ".when.pii"),
    ("{name: x, when: {coverage: unread}}", "it knows: passes, unread_chara", ".when.coverage"),
    ("{name: x, when: {language: english}}", "has no `english`", ".when.language"),
]


@pytest.mark.parametrize(("line", "what", "where"), WRONG, ids=[line for line, *_ in WRONG])
def test_a_wrong_rule_is_said_with_its_place_and_mend(
    line: str, what: str, where: str, refused: Refused
) -> None:
    message, path = refused(rules(line))
    assert message.startswith("pointsman.yaml:4: ")
    assert what in message
    assert path == f"$.policy.rules[0]{where}"
    assert message.endswith(f" at `{path}`")


def test_the_line_is_that_of_what_is_wrong(refused: Refused) -> None:
    message, path = refused(
        rules(
            "name: x\n      when:\n        all:\n        - domain: math\n          above: high",
        )
    )
    assert message.startswith("pointsman.yaml:8: expected a number, got 'high'")
    assert path == "$.policy.rules[0].when.all[0].above"


def test_two_rules_of_one_name_are_told_apart_by_nothing(refused: Refused) -> None:
    message, path = refused(rules("{name: x, when: {domain: math}}", "{name: x}"))
    assert message.startswith("pointsman.yaml:5: two rules are named `x`")
    assert path == "$.policy.rules[1].name"


# --- What comes of right ones ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("{name: x}", Rule("x", ("a", "b"))),
        ("{name: x, use: b}", Rule("x", ("b",))),
        ("{name: x, use: [b, a], choose: static}", Rule("x", ("b", "a"), None, "static")),
        ("{name: x, exclude: [a]}", Rule("x", ("b",))),
        ("{name: x, reasoning: on}", Rule("x", ("a", "b"), reasoning=ReasoningRule("on"))),
        (
            "{name: x, reasoning: {mode: off, override: true}}",
            Rule("x", ("a", "b"), reasoning=ReasoningRule("off", override=True)),
        ),
        (
            "{name: x, reasoning: {budget_tokens: predicted}}",
            Rule("x", ("a", "b"), reasoning=ReasoningRule(budget_tokens="predicted")),
        ),
        (
            "{name: x, use: {b: 90, a: 10}, sticky: caller}",
            Rule("x", ("b", "a"), None, "split", weights={"b": 90.0, "a": 10.0}, sticky="caller"),
        ),
        (
            "{name: x, use: {b: 1}, choose: split}",
            Rule("x", ("b",), None, "split", weights={"b": 1.0}),
        ),
        # Its share goes to the others.
        (
            "{name: x, use: {a: 1, b: 2}, exclude: [a]}",
            Rule("x", ("b",), None, "split", weights={"a": 1.0, "b": 2.0}),
        ),
        ("{name: x, shadow: b}", Rule("x", ("a", "b"), shadow=Shadow("b", 1.0))),
        (
            "{name: x, use: a, shadow: {model: b, share: 0.1}}",
            Rule("x", ("a",), shadow=Shadow("b", 0.1)),
        ),
        (
            "{name: x, choose: cascade, cascade: {unsure: [not sure], logprob_below: -1.5}}",
            Rule("x", ("a", "b"), None, "cascade", cascade=Cascade(("not sure",), -1.5)),
        ),
        (
            "{name: x, max_usd: 0.01, choose: budget}",
            Rule("x", ("a", "b"), None, "budget", max_usd=0.01),
        ),
    ],
)
def test_a_rule_is_what_the_file_says(line: str, rule: Rule, built: MakeSetup) -> None:
    assert rule_of(built, line) == rule


@pytest.mark.parametrize(
    ("when", "expected", "measured"),
    [
        ("{domain: math, above: 0.6}", Asks("domain", "math", 0.6), {"domain"}),
        ("{jailbreak: p, above: 0.8}", Asks("jailbreak", "p", 0.8), {"jailbreak"}),
        ("{injection: p}", Asks("injection", "p"), {"injection"}),
        ("{harmful: p, below: 0.1}", Asks("harmful", "p", None, 0.1), {"harmful"}),
        ("{pii: US_SSN}", Asks("pii", "US_SSN"), {"pii"}),
        ("{pii: PERSON, above: 0.8}", Asks("pii", "PERSON", 0.8), {"pii"}),
        ("{coverage: unread_characters}", Asks("coverage", "unread_characters"), {"coverage"}),
        ("{not: {language: en, above: 0.6}}", Not(Asks("language", "en", 0.6)), {"language"}),
    ],
)
def test_what_a_rule_looks_at_is_measured(
    when: str, expected: Condition, measured: set[str], built: MakeSetup
) -> None:
    world = built(
        rules(
            f"{{name: x, when: {when}, use: a, choose: static}}",
            "{name: y, use: b, choose: static}",
        )
    ).world
    assert world.policy.rules[0].when == expected
    assert {detector.name for detector in world.detectors} == measured | {"surface"}


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([], [LAST_RULE]),
        (["{name: x, when: {domain: math}}"], ["x", LAST_RULE]),
        (["{name: x}"], ["x"]),
        (["{name: default}"], [LAST_RULE]),
        (["{name: x}", "{name: y, when: {domain: math}}"], ["x", "y"]),
    ],
)
def test_what_the_rules_leave_is_taken_by_a_last_one(
    lines: list[str], names: list[str], built: MakeSetup
) -> None:
    found = built(rules(*lines) if lines else MODELS).world.policy.rules
    assert [rule.name for rule in found] == names
    assert any(rule.when is None for rule in found)


# --- Speeds ---------------------------------------------------------------------------------------

FAST = "speed: {first_token_s: 0.1, tokens_per_s: 90}"


@pytest.mark.parametrize(
    ("models", "use", "unknown"),
    [
        (f"a: {{url: 'http://h', {FAST}}}, b: {{url: 'http://h'}}", "[a, b]", "b"),
        # Time is measured against always-large, whose speed must be known, too.
        (f"a: {{url: 'http://h', {FAST}, strength: 0}}, b: {{url: 'http://h'}}", "a", "b"),
    ],
)
def test_where_time_is_weighed_every_speed_must_be_known(
    models: str, use: str, unknown: str, refused: Refused
) -> None:
    line = f"{{name: x, use: {use}, choose: latency}}"
    message, path = refused(rules(line, models=f"models: {{{models}}}\n"))
    assert f"nothing is known of the speed of {unknown}: set" in message
    assert path == "$.policy.rules[0].choose"


def test_models_whose_time_is_not_weighed_need_no_speed(built: MakeSetup) -> None:
    models = f"models: {{a: {{url: 'http://h', {FAST}}}, b: {{url: 'http://h', strength: 0}}}}\n"
    setup = built(rules("{name: x, use: a, choose: latency}", models=models))
    assert setup.world.policy.rules[0].choose == "latency"
