"""The options of a rule: every model of its pool in every way it can reason, or why not."""

import math
from collections.abc import Iterator

import msgspec

from pointsman.catalog.families import Family
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.catalog.reasoning import EFFORTS, Effort, Reasoning
from pointsman.catalog.sight import Action
from pointsman.policy.gain import (
    LEAST_REASONING_TOKENS,
    Expected,
    Need,
    expect,
    need_of,
    reasoning_tokens,
)
from pointsman.policy.guard import bars, types_found, watch_over
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, ReasoningRule, Rule
from pointsman.policy.selection import SELECTORS, Option
from pointsman.policy.tables import Table
from pointsman.signals.detector import Signals

_BUDGET_STEP = 1024
_BUDGET_FACTOR = 2
"""Of the expected tokens: a cap should cut off runaways, not ordinary answers. A judgement."""


def need_for(question: Question) -> Need:
    """Return what pricing needs to know of a request."""
    return need_of(
        question.signals,
        output_cap=question.output_cap,
        choices=question.choices,
        cached_on=question.current,
        cached_share=question.carried_share,
        speeds=question.speeds,
    )


def options_of(
    rule: Rule,
    question: Question,
    need: Need,
    policy: Policy,
    catalog: Catalog,
    *,
    makeshift: bool = False,
    ask_down: bool = False,
) -> tuple[Option, ...]:
    """Return the pool's targets, in the pool's order, each model from least reasoning to most.

    `makeshift` lets another model go on with a tool loop, and lets each model reason its least
    without room for it; `ask_down` also asks models that are down.
    """
    known = known_to(rule, policy, question.signals)
    watch = watch_over(policy.guards, rule.guard, question.tenant)
    pii = types_found(question.signals) if watch.sees_pii else {}
    stays = question.in_tool_loop and question.current in rule.use and not makeshift
    asked = _asked(rule.reasoning, question.wish)
    must_reason = asked.mode == "on" and any(catalog.models[n].family.switches for n in rule.use)
    found: list[Option] = []
    for name in rule.use:
        model = catalog.models[name]
        unseen = next(bars(model, pii, watch), None)
        barred = may_not_see(*unseen) if unseen else None
        barred = barred or _barred(model, question, need, stays=stays, ask_down=ask_down)
        for index, target in enumerate(_allowed(model, asked, need, catalog)):
            expected = expect(target, model, need, policy.ends, known)
            excluded = barred or _exclusion(target, model, question, expected, rule)
            if excluded is None and not (makeshift and index == 0):
                excluded = _no_room(target, question, need)
            if must_reason and target.reasoning.mode == "default" and not makeshift:
                excluded = excluded or "it cannot be asked to reason, which this request must be"
            found.append(Option(target, expected, excluded))
    return tuple(found)


def may_not_see(type_: str, action: Action) -> str:
    """Say why a model does not get a request with personal data."""
    return f"it may not see {type_} (guard: {action})"


def known_to(rule: Rule, policy: Policy, signals: Signals) -> tuple[Table, Signals] | None:
    """Return the table of outcomes that a rule chooses by, with what to look it up by, or None."""
    name = SELECTORS[rule.choose].table
    return None if name is None else (policy.tables[name], signals)


def _asked(rule: ReasoningRule, wish: Reasoning | None) -> ReasoningRule:
    """Return what is asked of reasoning: the client's wish, unless there is none or a ban on it."""
    if wish is None or rule.override:
        return rule
    return ReasoningRule(
        mode="off" if wish.mode == "off" else "on",
        effort=wish.effort,
        budget_tokens=wish.budget_tokens or rule.budget_tokens,
    )


def _allowed(model: Model, asked: ReasoningRule, need: Need, catalog: Catalog) -> Iterator[Target]:
    """Yield the targets that are left open on a model."""
    targets = catalog.targets[model.name]
    if asked.mode == "off":
        targets = targets[:1]  # off, or the least that a family without an off can do
    elif model.family.switches:
        effort = _effort(model.family, asked, need)
        thinking = tuple(t for t in targets if t.reasoning.mode == "on")
        if asked.mode == "on":
            wanted = tuple(t for t in thinking if effort in {None, t.reasoning.effort})
            targets = wanted or thinking
        elif effort is not None:
            targets = tuple(t for t in targets if _within(t.reasoning.effort, effort))
    if not model.family.budget:
        yield from targets
        return
    for target in targets:
        yield _budgeted(target, model.family, asked, need)


def _effort(family: Family, asked: ReasoningRule, need: Need) -> Effort | None:
    """Return the effort that is asked for in words that a family knows; None leaves it open.

    A cap on reasoning tokens is said as an effort where a family knows no caps.
    """
    cap = None if asked.budget_tokens == "predicted" else asked.budget_tokens
    if asked.budget_tokens == "predicted" and asked.effort is None and not family.budget:
        cap = math.ceil(_BUDGET_FACTOR * max(need.extra_tokens, LEAST_REASONING_TOKENS))
    if cap is None and asked.effort is None:
        return None
    if asked.mode != "on" and family.budget and asked.budget_tokens is not None:
        return None  # the cap itself bounds every effort
    return family.adapted(Reasoning("on", asked.effort, cap)).effort


def _within(effort: Effort | None, most: Effort) -> bool:
    return effort is None or EFFORTS.index(effort) <= EFFORTS.index(most)


def _budgeted(target: Target, family: Family, asked: ReasoningRule, need: Need) -> Target:
    budget = asked.budget_tokens
    if target.reasoning.mode != "on":
        return target
    if budget is None and asked.effort is not None:
        budget = family.budget_for(asked.effort)
    if budget is None and not family.budget_required:
        return target
    if budget is None or budget == "predicted":
        wanted = _BUDGET_FACTOR * reasoning_tokens(target, need)
        budget = max(1, math.ceil(wanted / _BUDGET_STEP)) * _BUDGET_STEP
    budget = max(budget, family.min_budget_tokens)
    reasoning = msgspec.structs.replace(target.reasoning, budget_tokens=budget)
    return Target(target.model, reasoning)


def _barred(
    model: Model, question: Question, need: Need, *, stays: bool, ask_down: bool
) -> str | None:
    """Say why no target of a model can take this request, or None."""
    window, cap = model.context_window, question.output_cap
    if model.name in question.avoid:
        return question.avoid[model.name]
    if model.name in question.down and not ask_down:
        return "none of its endpoints answers"
    if stays and model.name != question.current:
        return f"{question.current} is in the middle of a tool call"
    if question.images and not model.images:
        return "it takes no images"
    if window is not None and need.prompt_tokens + (cap or 1) > window:
        return f"about {need.prompt_tokens:.0f} prompt tokens do not fit its window of {window}"
    return None


def _exclusion(
    target: Target, model: Model, question: Question, expected: Expected, rule: Rule
) -> str | None:
    """Say why a target of a model that could cannot take this request, or None if it can."""
    cap, budget = question.output_cap, target.reasoning.budget_tokens
    if target in question.answered:
        return "its answer was not good enough"
    if model.family.budget_required and cap is not None and (budget or 0) >= cap:
        return f"its reasoning budget of {budget} tokens must be below max_tokens {cap}"
    if rule.max_usd is not None and expected.usd > rule.max_usd:
        return f"it is expected to cost {expected.usd:.4f} US$, the rule allows {rule.max_usd:g}"
    return None


def _no_room(target: Target, question: Question, need: Need) -> str | None:
    """Say that max_tokens would end the answer before its reasoning, unless the client wants it."""
    cap = question.output_cap
    if cap is None or question.wish is not None or target.reasoning.mode != "on":
        return None
    if reasoning_tokens(target, need) < cap:
        return None
    return f"max_tokens {cap} leaves no room to reason"
