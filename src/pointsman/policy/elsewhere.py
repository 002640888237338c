"""Where a request goes that the guard keeps from the models it would have gone to. Pure."""

from collections.abc import Iterable

import msgspec

from pointsman.catalog.models import Catalog, Model
from pointsman.catalog.sight import Action
from pointsman.errors import RefusedError
from pointsman.policy.guard import GUARD, PII, Verdict, Watch, bars, types_found
from pointsman.policy.options import may_not_see
from pointsman.policy.question import Question
from pointsman.policy.rules import Rule

_NEEDS_MORE = {"split": "static", "cascade": "gain"}
"""Algorithms that need shares, or several models of a pool, and what takes their place."""


def barred(
    models: Iterable[Model], question: Question, watch: Watch
) -> tuple[tuple[str, Action], ...]:
    """Return the types of personal data that keep a request from any of some models."""
    if not watch.sees_pii:
        return ()
    found = types_found(question.signals)
    return tuple(one for model in models for one in bars(model, found, watch))


def rerouted(verdict: Verdict, unseen: Iterable[tuple[str, Action]]) -> Verdict:
    """Return a verdict that also says why models were kept from a request that goes on."""
    types = sorted({type_ for type_, _ in unseen})
    if not types:
        return verdict
    word = verdict.word if verdict.word == "send" else "reroute"
    return msgspec.structs.replace(
        verdict,
        word=word,
        reasons=(*verdict.reasons, *(f"{PII} {type_}" for type_ in types)),
        told=(*verdict.told, *(f"not for every model: {type_}" for type_ in types)),
    )


def guarded(rule: Rule | None, use: tuple[str, ...]) -> Rule:
    """Return a rule of the guard's own that chooses among models as the rule in force would."""
    if rule is None:  # a request that names its model is not read for more than the guard needs
        return Rule(GUARD, use, choose="static")
    choose = _NEEDS_MORE.get(rule.choose, rule.choose)
    return Rule(GUARD, use, choose=choose, reasoning=rule.reasoning, guard=rule.guard)


def elsewhere(
    rule: Rule | None, pool: tuple[str, ...], question: Question, watch: Watch, catalog: Catalog
) -> Rule:
    """Return a rule that chooses among the models beyond a pool that may see a request.

    Raises:
        RefusedError: The operator says to refuse it rather than to look beyond, or there is none.
    """
    seen = barred((catalog.models[name] for name in pool), question, watch)
    others = [model for model in catalog.models.values() if model.name not in pool]
    use = tuple(model.name for model in others if not barred((model,), question, watch))
    if use and all(action == "reroute" for _, action in seen):
        return guarded(rule, use)
    types = sorted({type_ for type_, _ in seen})
    raise RefusedError(
        f"this request holds personal data that no model here may see: {', '.join(types)}; take "
        "it out to go on",
        reasons=tuple(f"{PII} {type_}" for type_ in types),
        told=tuple(dict.fromkeys(may_not_see(*one) for one in seen)),
    )
