"""Signals and decisions as the plain objects that commands and the API print."""

from typing import Any, assert_never

from pointsman.exchange.plan import Plan, Refuse
from pointsman.observe.record import DecisionRecord
from pointsman.policy.counterfactual import Counterfactual
from pointsman.signals import Reading, Signals
from pointsman.signals.attacks import ATTACKS
from pointsman.signals.findings import Measure, Scores, Spans
from pointsman.wire.prompt import Prompt, read_prompt

_NAMED = ("domain", "reasoning", *ATTACKS, "pii")
"""Signals that every row speaks of."""


def signals_row(signals: Signals, prompt: Prompt) -> dict[str, Any]:
    """Return signals in the shape of `classify` output.

    Of `_NAMED`, those that were not measured are null: not measured is not the same as harmless.
    """
    row: dict[str, Any] = dict.fromkeys(_NAMED)
    for name, finding in signals.items():
        match finding:
            case Scores(exclusive=True, top=(label, p), scores=scores):
                row[name] = {"label": label, "p": p, "scores": dict(scores)}
            case Scores(scores=scores):
                row |= {name: dict(scores)} if scores else {}
            case Measure(values=values):
                row[name] = dict(values)
            case Spans():
                row[name] = _spans(finding, prompt)
            case _:
                assert_never(finding)
    return row


def _spans(found: Spans, prompt: Prompt) -> list[dict[str, Any]]:
    """Return spans with the message and content part that each stands in."""
    rows = []
    for span in found.spans:
        part = prompt.parts[span.part]
        row = {"type": span.type, "start": span.start, "end": span.end, "p": span.p}
        rows.append({**row, "part": [part.message, part.part]})
    return rows


def classify_row(signals: Signals, prompt: Prompt, reading: Reading, ms: float) -> dict[str, Any]:
    """Return one `classify` output line."""
    encodings = reading.encodings
    first = all(encoding.tier == "first" for encoding in encodings)
    return {
        **signals_row(signals, prompt),
        "tokens": sum(encoding.tokens for encoding in encodings),
        "truncated": reading.judged.truncated,
        "tier": "first" if encodings and first else "encoder",
        "passes": sum(encoding.passes for encoding in encodings),
        "ms": round(ms, 3),
    }


def route_row(plan: Plan, turn: Counterfactual | None) -> dict[str, Any]:
    """Return one `route` output line; of a refused request the decision is null."""
    if isinstance(plan, Refuse):
        return {
            "signals": signals_row(plan.question.signals, read_prompt(plan.request)),
            "decision": None,
            "guard": guard_row(plan.record),
            "cache": {"status": "off"},
            "edits": {},
        }
    decision = plan.decision
    reasoning = decision.target.reasoning
    return {
        "signals": signals_row(plan.question.signals, read_prompt(plan.request)),
        "decision": {
            "model": decision.target.model,
            "endpoint": plan.card.endpoints[0].url,
            "reasoning": {
                "mode": reasoning.mode,
                "effort": reasoning.effort,
                "budget_tokens": reasoning.budget_tokens,
            },
            "rule": decision.rule,
            "algorithm": decision.algorithm,
            "reasons": list(decision.reasons),
            "counterfactual": str(turn) if turn else None,
            "expected": {
                "usd": decision.expected.usd,
                "usd_always_large": decision.baseline.usd,
                "p_correct": decision.expected.p_correct,
            },
        },
        "guard": guard_row(plan.record),
        "cache": {"status": "off"},
        "edits": dict(plan.edits),
    }


def guard_row(record: DecisionRecord) -> dict[str, Any]:
    """Return what the guard said of a request."""
    verdict = record.guard
    row: dict[str, Any] = {"verdict": verdict.word}
    if verdict.reasons:
        row |= {"reasons": list(verdict.reasons), "told": list(verdict.told)}
    if record.masked:
        row["masked"] = dict(record.masked)
    return row
