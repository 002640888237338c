"""YAML as people mean it: words, booleans, anchors, and what is none."""

import pytest

from pointsman.config.load import Source, parse_config, parse_yaml
from pointsman.config.schema import Config
from pointsman.errors import ConfigError

MODEL = "models: {a: {url: 'http://h/v1'}}\n"


def parse(text: str) -> Config:
    return parse_config(Source("pointsman.yaml", text))


def message_of(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.message


WRONG: list[tuple[str, str, str]] = [
    # text, where, what
    ("a: b: c", "pointsman.yaml:1: ", "mapping values are not allowed here"),
    (MODEL + "server: [", "pointsman.yaml:2: ", "but found '<stream end>'"),
    ("\tmodels:", "pointsman.yaml:1: ", "cannot start any token"),
    ("models: {a: {url: x, url: y}}", "pointsman.yaml:1: ", "the key `url` stands twice"),
    (MODEL + MODEL, "pointsman.yaml:2: ", "the key `models` stands twice"),
    ("? [a]\n: 1", "pointsman.yaml:1: ", "unhashable key"),
    ("? [a]\n: 1\n? [a]\n: 2", "pointsman.yaml:1: ", "unhashable key"),
    (MODEL + "---\n" + MODEL, "pointsman.yaml:2: ", "found another document"),
    ("models: &m {x: *m}", "pointsman.yaml:1: ", "recursive"),
    ("!!python/object:os.system x", "pointsman.yaml:1: ", "could not determine"),
    ("models: " + "[" * 3000, "pointsman.yaml: ", "not valid YAML"),
    ("a: \x00", "pointsman.yaml: ", "not valid YAML"),
]


@pytest.mark.parametrize(("text", "where", "what"), WRONG, ids=[t[-40:] for t, *_ in WRONG])
def test_what_is_no_yaml_is_said_with_its_place(text: str, where: str, what: str) -> None:
    message = message_of(text)
    assert message.startswith(where)
    assert what in message


@pytest.mark.parametrize(
    ("word", "reasoning"), [("on", "on"), ("off", "off"), ("auto", "auto"), ("'on'", "on")]
)
def test_on_and_off_are_words(word: str, reasoning: str) -> None:
    config = parse(MODEL + f"policy: {{rules: [{{name: x, reasoning: {word}}}]}}")
    assert config.policy.rules[0].reasoning == reasoning


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("True", True), ("FALSE", False), ("yes", "yes"), ("No", "No"), ("on", "on")],
)
def test_only_true_and_false_are_booleans(word: str, value: object) -> None:
    assert parse_yaml(Source("x", f"a: {word}")) == {"a": value}


def test_anchors_and_merge_keys_work_and_what_stands_beside_them_overrides() -> None:
    config = parse(
        "models:\n"
        "  a: &a {url: 'http://h/v1', family: qwen3, strength: 0.1}\n"
        "  b: {<<: *a, strength: 0.9}\n"
        "  c: *a\n"
    )
    assert (config.models["b"].family, config.models["b"].strength) == ("qwen3", 0.9)
    assert config.models["c"] == config.models["a"]


def test_a_key_twice_beside_a_merge_key_is_still_refused() -> None:
    message = message_of(
        "models:\n  a: &a {url: 'http://h/v1'}\n  b: {<<: *a, strength: 0.1, strength: 0.9}"
    )
    assert "the key `strength` stands twice" in message
