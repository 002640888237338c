"""Signals and decisions as the plain objects that commands and the API print."""

from typing import Any

from pointsman.encoder.encoding import Encoding
from pointsman.exchange.plan import Forward
from pointsman.policy.counterfactual import Counterfactual
from pointsman.signals import Signals
from pointsman.signals.findings import Measure, Scores


def signals_row(signals: Signals) -> dict[str, Any]:
    """Return signals in the shape of `classify` output.

    Heads that the bundle does not have are null: not measured is not the same as harmless.
    """
    row: dict[str, Any] = {}
    domain = signals.get("domain")
    if isinstance(domain, Scores) and domain.top:
        label, p = domain.top
        row["domain"] = {"label": label, "p": p, "scores": dict(domain.scores)}
    reasoning = signals.get("reasoning")
    if isinstance(reasoning, Measure):
        row["reasoning"] = dict(reasoning.values)
    for name in ("jailbreak", "injection", "harmful", "pii"):
        row[name] = None
    for name in ("surface", "keywords"):
        finding = signals.get(name)
        if isinstance(finding, Measure):
            row[name] = dict(finding.values)
        elif isinstance(finding, Scores) and finding.scores:
            row[name] = dict(finding.scores)
    return row


def classify_row(signals: Signals, encoding: Encoding, ms: float) -> dict[str, Any]:
    """Return one `classify` output line."""
    return {
        **signals_row(signals),
        "tokens": encoding.tokens,
        "truncated": encoding.truncated,
        "tier": "encoder",
        "ms": round(ms, 3),
    }


def route_row(plan: Forward, turn: Counterfactual | None) -> dict[str, Any]:
    """Return one `route` output line."""
    decision = plan.decision
    reasoning = decision.target.reasoning
    return {
        "signals": signals_row(plan.question.signals),
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
        "guard": {"verdict": "off"},
        "cache": {"status": "off"},
        "edits": dict(plan.edits),
    }
