"""The operator's policy tests, as a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pointsman.config.policy_tests import Expectation, load_policy_tests
from pointsman.errors import ConfigError


def test_a_file_of_tests_is_read(config_file: Callable[[str], Path]) -> None:
    first, second = load_policy_tests(
        config_file(
            "- {name: greeting, text: Hello, expect: {model: small, reasoning: off}}\n"
            "- name: proof\n"
            "  request: {messages: [{role: user, content: Prove it.}], user: u}\n"
            "  signals: {reasoning: {p_gain: 0.8}}\n"
            "  expect: {rule: proofs}\n"
        )
    )
    assert first.expect == Expectation(model="small", reasoning="off")
    assert first.body() == {"messages": [{"role": "user", "content": "Hello"}]}
    assert second.body()["user"] == "u"
    assert second.signals == {"reasoning": {"p_gain": 0.8}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1", "Expected `array`"),
        ("- {name: x}", "missing required field `expect`"),
        ("- {name: x, expect: {}}", "expected `text` or `request`"),
        ("- {name: x, text: a, request: {}, expect: {}}", "expected `text` or `request`"),
        ("- {name: x, text: a, expects: {}}", "expect"),
        ("- {name: x, text: a, expect: {modle: y}}", "modle"),
        ("- [", "tests.yaml|pointsman.yaml"),
    ],
)
def test_a_wrong_file_of_tests_is_refused(
    text: str, message: str, config_file: Callable[[str], Path]
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        load_policy_tests(config_file(text))
    assert "pointsman.yaml" in caught.value.message
