"""`pointsman explain`: one decision in words, for people."""

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pointsman.cli.readings import route_row
from pointsman.config.build import load_setup
from pointsman.errors import ConfigError, RequestError
from pointsman.exchange.plan import Forward, Plan, Refuse
from pointsman.policy.conditions import holds, in_words
from pointsman.policy.decide import alternatives
from pointsman.router import Router
from pointsman.signals import Signals
from pointsman.signals.attacks import ATTACKS
from pointsman.signals.detector import value_of
from pointsman.signals.findings import Measure, Scores, Span, Spans
from pointsman.wire.chat import parse_chat
from pointsman.wire.prompt import read_prompt

_ALWAYS_SHOWN = 4
"""Columns of the table of alternatives; the fifth says why one is excluded."""

_MOST_SPANS = 6
"""Pieces of personal data that are shown one by one."""

_EPILOG = """\
examples:
  pointsman explain "Prove that the square root of two is irrational."
  pointsman explain -c pointsman.yaml --request body.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("text", nargs="?", metavar="TEXT", help="a prompt; `-` reads it from stdin")
    parser.add_argument("--request", type=Path, help="a whole chat request as a JSON file instead")
    parser.add_argument("-c", "--config", type=Path, help="pointsman.yaml (default: the shipped)")
    parser.add_argument("--json", action="store_true", help="as `pointsman route` prints it")
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    if (args.text is None) == (args.request is None):
        print("pointsman explain: give a TEXT or --request FILE", file=sys.stderr)
        return 2
    router = Router(load_setup(args.config))
    body = _read(args.request) if args.request else _body(args.text)
    plan = router.plan(parse_chat(body))
    if args.json:
        turn = router.what_if(plan) if isinstance(plan, Forward) else None
        print(msgspec.json.encode(route_row(plan, turn)).decode())
    elif isinstance(plan, Refuse):
        _show_refusal(plan, Console())
    else:
        show(plan, router, Console())
    return 0


def _guard_lines(plan: Forward) -> Iterator[str]:
    """What the guard did, and what the model does not see."""
    verdict, masked = plan.record.guard, plan.record.masked
    if verdict.word not in {"off", "pass"} or verdict.told:
        yield f"guard: {verdict.word} ({'; '.join(verdict.told)})"
    if masked:
        said = ", ".join(f"{count} {type_}" for type_, count in masked.items())
        given = f"{len(plan.hidden.restores)} of them given back to the client"
        yield f"guard: the model sees placeholders for {said}; {given}"


def _show_refusal(plan: Refuse, console: Console) -> None:
    console.print(Text("✕ refused: no model gets it", style="bold red"))
    for told in plan.record.guard.told:
        console.print(Text(f"  · {told}"))
    console.print(Text(f"The client is told: {plan.error.message}"))
    _show_reading(plan, console)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error


def _body(text: str) -> bytes:
    try:
        content = sys.stdin.read() if text == "-" else text
        return msgspec.json.encode({"messages": [{"role": "user", "content": content}]})
    except UnicodeError as error:
        raise RequestError("the prompt is not valid UTF-8") from error


def show(plan: Forward, router: Router, console: Console) -> None:
    """Print what was read, which rule held, what each alternative costs, what would change it."""
    decision = plan.decision
    console.print(Text(f"→ {decision.target}", style="bold green"))
    for reason in (*decision.reasons, *_guard_lines(plan)):
        console.print(Text(f"  · {reason}"))
    turn = router.what_if(plan)
    console.print(
        Text(f"  · {turn or 'nothing that was measured, nor another lambda, would change it'}")
    )
    _show_reading(plan, console)
    _show_rules(plan, router, console)
    console.print(_options_table(plan, router))
    saved = 1 - decision.expected.usd / decision.baseline.usd if decision.baseline.usd else 0.0
    console.print(
        f"Expected cost ${decision.expected.usd:.6f} against ${decision.baseline.usd:.6f} for "
        f"always {decision.baseline_target}: {saved:.0%} saved."
    )
    print("Edits to the body: " + msgspec.json.encode(plan.edits).decode())


def _show_reading(plan: Plan, console: Console) -> None:
    signals = plan.question.signals
    if plan.question.named is not None and not plan.record.guard.told:
        console.print("\n[bold]Read[/bold] for the guard alone: the request names its model")
    judged = read_prompt(plan.request).judged
    console.print(f"\n[bold]Read[/bold] {len(judged)} characters of the last user turn")
    domain, reasoning = signals.get("domain"), signals.get("reasoning")
    if isinstance(domain, Scores):
        best = sorted(domain.scores.items(), key=lambda item: -item[1])[:3]
        console.print("  domain     " + ", ".join(f"{label} {p:.2f}" for label, p in best))
    if isinstance(reasoning, Measure):
        values = reasoning.values
        console.print(
            f"  reasoning  p_gain {values['p_gain']:.2f}, p_loss {values['p_loss']:.2f}, "
            f"about {values['extra_tokens']:.0f} extra tokens; right at once "
            f"{values['p_light']:.2f}, right when reasoned {values['p_heavy']:.2f}"
        )
    for label, found in _other_lines(signals):
        console.print(Text(f"  {label:<10} {found}"))


def _other_lines(signals: Signals) -> Iterator[tuple[str, str]]:
    """What a policy need not ask for, where it did; texts are not repeated, only their places."""
    attacks = [(name, signals[name]) for name in ATTACKS if name in signals]
    if attacks:
        yield "attacks", ", ".join(f"{name} {value_of(one, 'p'):.2f}" for name, one in attacks)
    match signals.get("pii"):
        case Spans(spans=()):
            yield "pii", "nothing found"
        case Spans(spans=spans):
            found = [f"{s.type} {s.p:.2f} at {_place(s)}" for s in spans[:_MOST_SPANS]]
            more = [f"and {len(spans) - _MOST_SPANS} more"] if len(spans) > _MOST_SPANS else []
            yield "pii", ", ".join([*found, *more])
    match signals.get("coverage"):
        case Measure(values=counts):
            unread = counts["unread_characters"]
            said = f"{unread:.0f} characters unread" if unread else "everything was read"
            yield "coverage", f"{said}, {counts['passes']:.0f} encoder passes"
    match signals.get("language"):
        case Scores(top=(name, p)):
            yield "language", f"{name} {p:.2f}"
    for signal, finding in signals.items():
        if signal not in {"domain", "language"} and isinstance(finding, Scores):
            best = sorted(finding.scores.items(), key=lambda item: -item[1])[:3]
            if finding.exclusive and best:  # labels that the operator has taught
                yield signal, ", ".join(f"{label} {p:.2f}" for label, p in best)


def _place(span: Span) -> str:
    return f"{span.start}-{span.end}" + (f" of text {span.part + 1}" if span.part else "")


def _show_rules(plan: Forward, router: Router, console: Console) -> None:
    if plan.question.named is not None:
        return
    console.print("\n[bold]Rules[/bold]")
    for rule in router.setup.world.policy.rules:
        held = rule.when is None or holds(rule.when, plan.question.signals)
        said = "always" if rule.when is None else in_words(rule.when, plan.question.signals)
        console.print(Text(f"  {'✔' if held else '✘'} {rule.name}: {said}"))
        if held:
            break


def _options_table(plan: Forward, router: Router) -> Table:
    world = router.setup.world
    options = alternatives(plan.question, plan.decision, world.policy, world.catalog)
    table = Table(title="Alternatives", title_justify="left", title_style="bold")
    table.add_column("model, reasoning", no_wrap=True)
    for name in ("p correct", "tokens", "US$"):
        table.add_column(name, justify="right", no_wrap=True)
    if any(option.excluded for option in options):
        table.add_column("why not")
    for option in options:
        chosen = option.target == plan.decision.target
        p_correct = option.expected.p_correct
        table.add_row(
            f"{'→' if chosen else ' '} {option.target.model}, {option.target.reasoning}",
            "not read" if math.isnan(p_correct) else f"{p_correct:.3f}",
            f"{option.expected.output_tokens:.0f}",
            f"{option.expected.usd:.6f}",
            *((Text(option.excluded or ""),) if len(table.columns) > _ALWAYS_SHOWN else ()),
            style="bold" if chosen else None,
        )
    return table
