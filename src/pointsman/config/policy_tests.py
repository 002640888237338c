"""The operator's policy tests: a file of requests and what must be decided for them."""

from pathlib import Path
from typing import Any

import msgspec

from pointsman.config.load import parse_yaml, read_source
from pointsman.errors import ConfigError


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must come out; what is left out may be anything.

    Attributes:
        guard: The guard's verdict: `pass`, `flag`, `send`, `reroute` or `refuse`.
    """

    model: str | None = None
    rule: str | None = None
    reasoning: str | None = None
    guard: str | None = None


class PolicyTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One test: a text or a whole request, and what must be decided.

    Attributes:
        signals: Values to set instead of what the encoder measures, by signal and name, such as
            `{reasoning: {p_gain: 0.8}}`: a test of the rules that no new encoder can break.
    """

    name: str
    expect: Expectation
    text: str | None = None
    request: dict[str, Any] | None = None
    signals: dict[str, dict[str, float]] = {}

    def body(self) -> dict[str, Any]:
        """Return the request to decide."""
        return self.request or {"messages": [{"role": "user", "content": self.text or ""}]}


def load_policy_tests(path: Path) -> tuple[PolicyTest, ...]:
    """Read a file of policy tests: a YAML list.

    Raises:
        ConfigError: It is not one, or a test has neither text nor request.
    """
    source = read_source(path)
    try:
        tests = msgspec.convert(parse_yaml(source), tuple[PolicyTest, ...])
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error
    for index, test in enumerate(tests):
        if (test.text is None) == (test.request is None):
            raise source.error("expected `text` or `request`", f"$[{index}]")
    return tests
