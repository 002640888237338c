"""`pointsman check` as an operator and as CI see it."""

import json
from pathlib import Path

import pytest

from pointsman.cli import main

MODELS = """
models:
  small: {url: "http://127.0.0.1:1/v1", family: qwen3, usd_per_million: {input: 0.1, output: 0.2}}
  large: {url: "http://127.0.0.1:2/v1", family: qwen3, usd_per_million: {input: 1, output: 2}}
"""
RULES = """
policy:
  rules:
    - {name: sums, when: {domain: math, above: 0.3}, use: large, reasoning: on}
    - {name: rest, use: small, reasoning: off}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "pointsman.yaml"
    path.write_text(MODELS + RULES)
    return path


def policy_tests(config: Path, text: str) -> str:
    path = config.with_name("policy-tests.yaml")
    path.write_text(text)
    return str(path)


def test_a_good_config_is_fine(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-c", str(config)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 models, 2 rules")
    assert out.endswith("fine\n")


def test_the_shipped_config_is_fine() -> None:
    assert main(["check"]) == 0


def test_findings_give_exit_status_1(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text() + "    - {name: late, use: large}\n")
    assert main(["check", "-c", str(config)]) == 1
    assert "finding: rule 'late': is never reached" in capsys.readouterr().out


def test_a_wrong_config_gives_exit_status_2_with_line_and_mend(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text().replace("domain: math", "domain: maths"))
    assert main(["check", "-c", str(config)]) == 2
    err = capsys.readouterr().err
    assert "pointsman.yaml:8:" in err
    assert "did you mean `math`?" in err


def test_policy_tests_with_set_signals_do_not_depend_on_the_encoder(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = policy_tests(
        config,
        """
- {name: sums think, text: x, signals: {domain: {math: 0.9}}, expect: {rule: sums, reasoning: on}}
- name: the rest does not
  request: {messages: [{role: user, content: x}]}
  signals: {domain: {math: 0.1}, reasoning: {p_gain: 0.9}}
  expect: {model: small, reasoning: off}
""",
    )
    assert main(["check", "-c", str(config), "--tests", tests, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tests"] == [
        {"name": "sums think", "failures": []},
        {"name": "the rest does not", "failures": []},
    ]


GUARDS = """
policy:
  rules:
    - {name: attacks, when: {any: [{jailbreak: p}, {injection: p}]}, use: large}
    - {name: unread, when: {coverage: unread_characters}, use: large}
    - {name: stays, when: {pii: PERSON, above: 0.8}, use: small}
    - {name: foreign, when: {not: {language: en, above: 0.6}}, use: large}
    - {name: rest, use: small, reasoning: off}
"""
QUESTION = "Which of the two plans would be finished sooner, and why is that?"


@pytest.mark.parametrize(
    ("signals", "rule"),
    [
        ("{}", "rest"),
        ("{jailbreak: {p: 0.6}}", "attacks"),
        ("{jailbreak: {p: 0.4}, injection: {p: 0.4}}", "rest"),
        ("{injection: {p: 0.51}}", "attacks"),
        ("{coverage: {unread_characters: 1}}", "unread"),
        ("{pii: {PERSON: 0.9}}", "stays"),
        ("{pii: {PERSON: 0.7, EMAIL_ADDRESS: 1.0}}", "rest"),
        ("{language: {en: 0.1, de: 0.9}}", "foreign"),
        ("{pii: {PERSON: 0.9}, jailbreak: {p: 0.9}}", "attacks"),
        # What no rule looks at may be stated; it decides nothing.
        ("{harmful: {p: 1.0}, domain: {math: 1.0}}", "rest"),
    ],
)
def test_policy_tests_speak_of_attacks_personal_data_coverage_and_language(
    signals: str, rule: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(MODELS + GUARDS)
    tests = policy_tests(
        config, f"- {{name: t, text: '{QUESTION}', signals: {signals}, expect: {{rule: {rule}}}}}"
    )
    assert main(["check", "-c", str(config), "--tests", tests]) == 0, capsys.readouterr().out


def test_a_stated_type_of_personal_data_stands_for_what_was_found(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(MODELS + GUARDS.replace("PERSON, above: 0.8", "US_SSN"))
    tests = policy_tests(
        config,
        """
- {name: found, text: "Does 536-22-8714 look like a number to you?", expect: {rule: stays}}
- name: denied
  text: "Does 536-22-8714 look like a number to you?"
  signals: {pii: {US_SSN: 0.1}}
  expect: {rule: rest}
""",
    )
    assert main(["check", "-c", str(config), "--tests", tests]) == 0, capsys.readouterr().out


def test_a_failed_policy_test_says_what_was_got_and_why(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = policy_tests(
        config, "- {name: t, text: x, signals: {domain: {math: 0.9}}, expect: {model: small}}"
    )
    assert main(["check", "-c", str(config), "--tests", tests]) == 1
    out = capsys.readouterr().out
    assert "FAILED: t" in out
    assert "expected small, got large (rule 'sums' holds: domain.math=0.9 > 0.3" in out


def test_a_request_that_cannot_be_decided_fails_its_test(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = policy_tests(
        config, "- {name: t, request: {model: no, messages: [{role: user}]}, expect: {}}"
    )
    assert main(["check", "-c", str(config), "--tests", tests]) == 1
    assert "error: the model 'no' does not exist here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {name: t, expect: {}}", "expected `text` or `request`"),
        ("- {name: t, text: x}", "missing required field `expect`"),
        ("- {name: t, text: x, expect: {modle: a}}", "unknown field `modle`"),
        ("{", "policy-tests.yaml"),
        (
            "- {name: t, text: x, signals: {mood: {a: 1}}, expect: {}}",
            "test 't': unknown signal `mood`; signals are: coverage, disguise, domain,",
        ),
        (
            "- {name: t, text: x, signals: {pii: {EMAIL: 0.9}}, expect: {}}",
            "test 't': signal `pii` has no `EMAIL`",
        ),
        (
            "- {name: t, text: x, signals: {domain: {maths: 0.9}}, expect: {}}",
            "has no `maths`, did you mean `math`?",
        ),
    ],
)
def test_a_wrong_tests_file_gives_exit_status_2(
    config: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "-c", str(config), "--tests", policy_tests(config, text)]) == 2
    assert message in capsys.readouterr().err


def test_the_examples_are_fine_and_pass_their_policy_tests() -> None:
    examples = Path(__file__).parents[2] / "examples"
    config, tests = examples / "local-and-cloud.yaml", examples / "policy-tests.yaml"
    assert main(["check", "-c", str(config), "--tests", str(tests)]) == 0
