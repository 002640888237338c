"""Every message about a config names the file, the line, the path and the mend."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.config.load import Source, parse_config, read_source
from pointsman.config.schema import Config
from pointsman.errors import ConfigError

MODEL = "models: {a: {url: 'http://h/v1'}}\n"


def parse(text: str) -> Config:
    return parse_config(Source("pointsman.yaml", text))


def message_of(text: str) -> tuple[str, str | None]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.message, caught.value.param


WRONG: list[tuple[str, str, str, str | None]] = [
    # text, where, what and the mend, path
    ("", "pointsman.yaml: ", "at least one model under `models`", None),
    ("- a", "pointsman.yaml: ", "at least one model under `models`", None),
    ("models:", "pointsman.yaml: ", "at least one model under `models`", None),
    ("models: {}", "pointsman.yaml: ", "at least one model under `models`", None),
    ("models: [a]", "pointsman.yaml:1: ", "expected a mapping from names", "$.models"),
    ("models: {1: {url: 'http://h/v1'}}", "pointsman.yaml:1: ", "got `int`", "$.models"),
    ("models: {a: }", "pointsman.yaml:1: ", "expected `object`, got `null`", "$.models.a"),
    ("models: {a: {url: h/v1}}", "pointsman.yaml:1: ", "a URL such as", "$.models.a.url"),
    ("models: {a: {url: 'http://'}}", "pointsman.yaml:1: ", "a URL such as", "$.models.a.url"),
    (
        "models:\n  a:\n    url: http://h/v1\n    famly: qwen3",
        "pointsman.yaml:4: ",
        "unknown key `famly`, did you mean `family`?",
        "$.models.a.famly",
    ),
    (
        "models: {url: {url: 'http://h/v1', famly: qwen3}}",
        "pointsman.yaml:1: ",
        "did you mean `family`?",
        "$.models.url.famly",
    ),
    (
        "models:\n  a:\n    url: http://h/v1\n    strength: 1.5",
        "pointsman.yaml:4: ",
        "expected `float` <= 1.0",
        "$.models.a.strength",
    ),
    (
        "models: {a: {url: 'http://h', usd_per_million: {input: -1}}}",
        "pointsman.yaml:1: ",
        "expected `float` >= 0.0",
        "$.models.a.usd_per_million.input",
    ),
    (
        "models: {a: {url: 'http://h', usd_per_million: {input: .nan}}}",
        "pointsman.yaml:1: ",
        "expected `float`",
        "$.models.a.usd_per_million.input",
    ),
    (
        "models: {a: {url: 'http://h', usd_per_million: {output: .inf}}}",
        "pointsman.yaml:1: ",
        "expected `float`",
        "$.models.a.usd_per_million.output",
    ),
    (
        "models: {a: {endpoints: [{url: 'http://h', weight: 0}]}}",
        "pointsman.yaml:1: ",
        "expected `float` > 0.0",
        "$.models.a.endpoints[0].weight",
    ),
    (
        "models: {a: {endpoints: [{url: 'http://h'}, {url: 'http://h', weight: .nan}]}}",
        "pointsman.yaml:1: ",
        "expected `float`",
        "$.models.a.endpoints[1].weight",
    ),
    (
        "models: {a: {endpoints: [{url: 'http://'}]}}",
        "pointsman.yaml:1: ",
        "a URL such as",
        "$.models.a.endpoints[0].url",
    ),
    (
        MODEL + "families: {mine: {onn: {}}}",
        "pointsman.yaml:2: ",
        "unknown key `onn`, did you mean `on`?",
        "$.families.mine.onn",
    ),
    (MODEL + "families: []", "pointsman.yaml:2: ", "expected `object`", "$.families"),
    (MODEL + "families: 5", "pointsman.yaml:2: ", "from names", "$.families"),
    (
        MODEL + "families:\n  mine:\n    efforts: {hih: x}",
        "pointsman.yaml:4: ",
        "invalid enum value 'hih'; it may be low, medium, high",
        "$.families.mine.efforts",
    ),
    (
        MODEL + "keywords:\n  urgent: [now]\n  other: word",
        "pointsman.yaml:4: ",
        "expected `array`, got `str`",
        "$.keywords.other",
    ),
    (MODEL + "policyy: {}", "pointsman.yaml:2: ", "did you mean `policy`?", "$.policyy"),
    (MODEL + "zzz: {}", "pointsman.yaml:2: ", "unknown key `zzz` at", "$.zzz"),
    (
        MODEL + "policy:\n  rulez: []",
        "pointsman.yaml:3: ",
        "did you mean `rules`?",
        "$.policy.rulez",
    ),
    (
        MODEL + "policy: {rules: [{namee: x}]}",
        "pointsman.yaml:2: ",
        "did you mean `name`?",
        "$.policy.rules[0].namee",
    ),
    (MODEL + "policy: {rules: [3]}", "pointsman.yaml:2: ", "got `int`", "$.policy.rules[0]"),
    (MODEL + "policy: {rules: {}}", "pointsman.yaml:2: ", "got `object`", "$.policy.rules"),
    (
        MODEL + "policy: {rules: [{use: a}]}",
        "pointsman.yaml:2: ",
        "missing required field `name`",
        "$.policy.rules[0]",
    ),
    (
        MODEL + "policy: {rules: [{name: x, reasoning: maybe}]}",
        "pointsman.yaml:2: ",
        "invalid enum value 'maybe'; it may be auto, on, off",
        "$.policy.rules[0].reasoning",
    ),
    (
        MODEL + "policy: {rules: [{name: x, reasoning: {mode: on, effortt: low}}]}",
        "pointsman.yaml:2: ",
        "did you mean `effort`?",
        "$.policy.rules[0].reasoning.effortt",
    ),
    (
        MODEL + "policy: {rules: [{name: x, reasoning: {budget_tokens: -1}}]}",
        "pointsman.yaml:2: ",
        "expected `int` >= 1",
        "$.policy.rules[0].reasoning.budget_tokens",
    ),
    (
        MODEL + "policy: {prefer: {lambda: -1}}",
        "pointsman.yaml:2: ",
        "expected `float` >= 0.0",
        "$.policy.prefer.lambda",
    ),
    (
        MODEL + "policy: {prefer: {lambda: .nan}}",
        "pointsman.yaml:2: ",
        "expected `float`",
        "$.policy.prefer.lambda",
    ),
    (
        MODEL + "policy: {prefer: {lambda: .inf}}",
        "pointsman.yaml:2: ",
        "expected `float`",
        "$.policy.prefer.lambda",
    ),
    (
        MODEL + "policy: {prefer: {trade: 1}}",
        "pointsman.yaml:2: ",
        "unknown key `trade`",
        "$.policy.prefer.trade",
    ),
    (MODEL + "server: {prot: 1}", "pointsman.yaml:2: ", "did you mean `port`?", "$.server.prot"),
    (MODEL + "server: {port: 70000}", "pointsman.yaml:2: ", "<= 65535", "$.server.port"),
    (MODEL + "server: {port: '80'}", "pointsman.yaml:2: ", "got `str`", "$.server.port"),
    (MODEL + "encoder: {queue: 0}", "pointsman.yaml:2: ", "`int` >= 1", "$.encoder.queue"),
    (MODEL + "upstream: {idle_s: 0}", "pointsman.yaml:2: ", "> 0.0", "$.upstream.idle_s"),
    # Keys that protect in the reference system, or will here, may not seem to protect.
    (MODEL + "cache: {exact: true}", "pointsman.yaml:2: ", "is not there in this", "$.cache"),
    (MODEL + "guard: {}", "pointsman.yaml:2: ", "`guard` belongs under `policy`", "$.guard"),
    (
        MODEL + "policy: {prefer: {usd_per_day: 0}}",
        "pointsman.yaml:2: ",
        "expected `float` > 0.0",
        "$.policy.prefer.usd_per_day",
    ),
    (
        MODEL + "policy: {prefer: {quality_loss_max: 1.5}}",
        "pointsman.yaml:2: ",
        "expected `float` <= 1.0",
        "$.policy.prefer.quality_loss_max",
    ),
]


@pytest.mark.parametrize(("text", "where", "what", "path"), WRONG, ids=[t[-40:] for t, *_ in WRONG])
def test_what_is_wrong_is_said_with_its_place_and_mend(
    text: str, where: str, what: str, path: str | None
) -> None:
    message, param = message_of(text)
    assert message.startswith(where)
    assert what in message
    assert param == path
    if path is not None:
        assert f"at `{path}`" in message


def test_a_path_that_is_not_in_the_file_is_found_as_far_as_it_goes() -> None:
    source = Source("x.yaml", "a:\n  b:\n    - 1\n    - c: 2\n")
    for path, line in [
        ("$.a", "x.yaml:1: "),
        ("$.a.b[1].c", "x.yaml:4: "),
        ("$.a.b[1].z", "x.yaml:4: "),
        ("$.a.b[9]", "x.yaml:2: "),
        ("$.a.b.c", "x.yaml:2: "),
        ("$", "x.yaml: "),
        ("$.z", "x.yaml: "),
    ]:
        assert source.error("wrong", path).message.startswith(f"{line}wrong")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: cannot be read: No such file"):
        read_source(tmp_path / "nowhere.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_source(tmp_path)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"models: \xff")
    with pytest.raises(ConfigError, match=r"latin\.yaml: not UTF-8 \(byte 8\)"):
        read_source(path)


def test_a_file_is_read_with_its_name(config_file: Callable[[str], Path]) -> None:
    path = config_file(MODEL)
    assert read_source(path) == Source(str(path), MODEL)


_words = st.sampled_from(
    [
        "models",
        "families",
        "keywords",
        "policy",
        "prefer",
        "rules",
        "name",
        "when",
        "use",
        "url",
        "a",
    ]
)
_trees = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | _words | st.just("http://h"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=4),
    max_leaves=12,
)


@given(_trees.map(repr) | st.text(max_size=30))
def test_whatever_stands_in_the_file_is_a_config_or_a_config_error(text: str) -> None:
    try:
        config = parse(text.replace("None", "null"))
    except ConfigError:
        return
    assert config.models
