"""`pointsman check`: is this config right, and does it decide as its operator expects?"""

import argparse
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, assert_never

import msgspec
from rich.console import Console

from pointsman.cli.dial import dial_table, ground, settings
from pointsman.config.build import Setup, load_setup
from pointsman.config.policy_tests import PolicyTest, load_policy_tests
from pointsman.errors import ConfigError, PointsmanError, RefusedError
from pointsman.policy.analysis import faults
from pointsman.policy.conditions import suggestion
from pointsman.policy.decide import decide
from pointsman.policy.guard import GUARD
from pointsman.router import Router
from pointsman.signals import Signals, Vocabulary, vocabulary
from pointsman.signals.findings import Measure, Scores, Span, Spans

_PLAIN_WIDTH = 140

_EPILOG = """\
A file of policy tests is a YAML list:
  - name: proofs think
    text: Prove that the square root of two is irrational.
    expect: {model: large, reasoning: on}
  - name: the rule holds whatever the encoder measures
    text: anything
    signals: {domain: {math: 0.9}, reasoning: {p_gain: 0.8}}
    expect: {rule: proofs}
  - name: attacks are refused
    text: anything
    signals: {jailbreak: {p: 0.99}}
    expect: {guard: refuse}

Exit status: 0 fine, 1 findings or failed tests, 2 the config cannot be used.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-c", "--config", type=Path, help="pointsman.yaml (default: the shipped)")
    parser.add_argument("--tests", type=Path, help="policy tests (YAML)")
    parser.add_argument(
        "--dial", action="store_true", help="show what other positions of the dial would bring"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    setup = load_setup(args.config)
    found = [
        {"subject": fault.subject, "message": fault.message}
        for fault in faults(setup.world.policy, setup.world.catalog, setup.kinds)
    ]
    results = _run_tests(setup, args.tests) if args.tests else []
    failed = [result for result in results if result["failures"]]
    if args.json:
        said: dict[str, Any] = {"findings": found, "tests": results}
        said |= {"dial": settings(setup)} if args.dial else {}
        print(msgspec.json.encode(said).decode())
    else:
        _show(setup, found, results)
        if args.dial:
            _show_dial(setup)
    return 1 if found or failed else 0


def _show(setup: Setup, found: list[dict[str, str]], results: list[dict[str, Any]]) -> None:
    world = setup.world
    print(
        f"{len(world.catalog.models)} models, {len(world.policy.rules)} rules, "
        f"encoder {world.bundle}, policy {world.policy_hash}"
    )
    print(f"dial: {world.policy.prefer.basis or f'lambda {world.policy.prefer.trade:g}'}")
    guards = world.policy.guards
    for who, guard in [("", guards.whole), *((f" of {t}", g) for t, g in guards.tenants.items())]:
        if guards.signals:
            print(f"guard{who}: {guard}")
    for name, head in setup.heads.items():
        print(f"head {name}: {head.rows} rows, {head.verdict}")
    for fault in found:
        print(f"finding: {fault['subject']}: {fault['message']}")
    for result in results:
        print(f"{'FAILED' if result['failures'] else 'passed'}: {result['name']}")
        for failure in result["failures"]:
            print(f"    {failure}")
    if not found and not any(result["failures"] for result in results):
        print("fine")


def _show_dial(setup: Setup) -> None:
    on = ground(setup)
    if on.sample is None:
        print("\nthe dial: nothing to foresee it on; record outcomes and run `pointsman learn`")
        return
    Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH).print(
        f"\nthe dial, per request, on {on.sample.basis}, chosen by gain among "
        f"{', '.join(on.pool) or 'no model'} (rules, conversations and caches left out):",
        dial_table(setup),
    )


def _run_tests(setup: Setup, path: Path) -> list[dict[str, Any]]:
    router = Router(setup)
    return [
        {"name": test.name, "failures": _failures(router, test)} for test in load_policy_tests(path)
    ]


def _failures(router: Router, test: PolicyTest) -> list[str]:
    try:
        found, why = _found(router, test)
    except ConfigError:
        raise
    except PointsmanError as error:
        return [f"error: {error.message}"]
    expected = {k: v for k, v in msgspec.structs.asdict(test.expect).items() if v is not None}
    return [
        f"{key}: expected {expected[key]}, got {found[key]} ({why})"
        for key in expected
        if expected[key] != found[key]
    ]


def _found(router: Router, test: PolicyTest) -> tuple[dict[str, str], str]:
    """Return what is decided for a test, and why, in words."""
    world = router.setup.world
    question = router.plan(test.body()).question
    signals = _overridden(question.signals, test, vocabulary(router.setup.shelf))
    question = msgspec.structs.replace(question, signals=signals)
    try:
        decision = decide(question, world.policy, world.catalog)
    except RefusedError as refused:
        nothing = {"model": "", "rule": GUARD, "reasoning": ""}
        return {**nothing, "guard": "refuse"}, "; ".join(refused.told)
    found = {
        "model": decision.target.model,
        "rule": decision.rule,
        "reasoning": decision.target.reasoning.mode,
        "guard": decision.verdict.word,
    }
    return found, "; ".join((*decision.reasons, *decision.verdict.told))


def _overridden(signals: Signals, test: PolicyTest, known: Vocabulary) -> Signals:
    changed = dict(signals)
    for name, values in test.signals.items():
        _check_names(test, name, values, known)
        match signals.get(name):
            case Scores(scores=scores, exclusive=exclusive):
                changed[name] = Scores({**scores, **values}, exclusive)
            case Measure(values=measured):
                changed[name] = Measure({**measured, **values})
            case Spans(spans=spans):
                kept = tuple(span for span in spans if span.type not in values)
                stated = (Span(type_, 0, 0, 0, p) for type_, p in values.items())
                changed[name] = Spans((*kept, *stated))
            case None:
                continue  # no rule looks at it, or the request names its model
            case finding:
                assert_never(finding)
    return changed


def _check_names(test: PolicyTest, signal: str, values: Collection[str], known: Vocabulary) -> None:
    if signal not in known:
        raise ConfigError(
            f"test '{test.name}': unknown signal `{signal}`{suggestion(signal, known)}; signals "
            f"are: {', '.join(sorted(known))}"
        )
    for name in values:
        if name not in known[signal]:
            raise ConfigError(
                f"test '{test.name}': signal `{signal}` has no `{name}`"
                f"{suggestion(name, known[signal])}; it knows: {', '.join(sorted(known[signal]))}"
            )
