"""The decision: the first rule that holds gives a pool, a selector chooses in it. Pure."""

import math
from collections.abc import Iterator

import msgspec

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.errors import NoCandidateError
from pointsman.policy.conditions import holds, in_words
from pointsman.policy.gain import Expected, Need, always_large, expect, need_of, reasoning_tokens
from pointsman.policy.rules import Policy, ReasoningRule, Rule
from pointsman.policy.selection import SELECTORS, Field, Option
from pointsman.signals.detector import Signals

NAMED = "named"
"""The rule's name in decisions about requests that name their model themselves."""

_BUDGET_STEP = 1024


class Question(msgspec.Struct, frozen=True):
    """Everything about a request that a decision depends on.

    Attributes:
        signals: What was measured.
        named: The model the client insists on, or None for "you choose".
        wish: The reasoning the client itself asks for, or None.
        output_cap: The most output tokens per choice that the client allows.
        choices: Answers asked for (`n`).
        images: Whether image parts are in the request.
        current: The model this conversation is on.
        in_tool_loop: Whether the current model waits for a tool's result that is in this request.
        avoid: Models that have failed this request already.
    """

    signals: Signals
    named: str | None = None
    wish: Reasoning | None = None
    output_cap: int | None = None
    choices: int = 1
    images: bool = False
    current: str | None = None
    in_tool_loop: bool = False
    avoid: frozenset[str] = frozenset()


class Decision(msgspec.Struct, frozen=True):
    """What was decided, why, and what else there was.

    Attributes:
        baseline: The strongest model with the most reasoning, which savings are measured against.
        options: Every option considered, the chosen one among them.
    """

    target: Target
    rule: str
    algorithm: str
    reasons: tuple[str, ...]
    expected: Expected
    baseline: Expected
    baseline_target: Target
    options: tuple[Option, ...]


def decide(question: Question, policy: Policy, catalog: Catalog) -> Decision:
    """Decide where a request goes and how hard the model should think.

    Raises:
        UnknownModelError: The request names a model that the catalog lacks.
        NoCandidateError: Every option is excluded; the message says why.
    """
    need = _need(question)
    if question.named is not None:
        return _decide_named(question.named, question, need, catalog)
    rule = next(r for r in policy.rules if r.when is None or holds(r.when, question.signals))
    options = tuple(_options(rule, question, need, catalog))
    if all(option.excluded for option in options):  # a makeshift answer is better than none
        options = tuple(_options(rule, question, need, catalog, makeshift=True))
    open_options = [option for option in options if option.excluded is None]
    if not open_options:
        raise _nothing_left(rule, options)
    top = always_large(catalog)
    baseline = expect(top, catalog.models[top.model], _uncached(need))
    field = Field(open_options, policy.prefer, baseline.usd, question.current)
    choice = SELECTORS[rule.choose](field)
    return Decision(
        target=choice.option.target,
        rule=rule.name,
        algorithm=rule.choose,
        reasons=(*_rule_reasons(rule, question), *choice.reasons, *_notes(question, rule, policy)),
        expected=choice.option.expected,
        baseline=baseline,
        baseline_target=top,
        options=options,
    )


def alternatives(question: Question, decision: Decision, catalog: Catalog) -> tuple[Option, ...]:
    """Return every target of the catalog, also those that the rule left out, for explanations."""
    need = _need(question)
    considered = {option.target for option in decision.options}
    left_out = "not in the pool"
    if question.named is not None:
        left_out = "the request names its model"
    others = [
        Option(target, expect(target, model, need), left_out)
        for model in catalog.models.values()
        for target in (Target(model.name, reasoning) for reasoning in model.family.choices())
        if target not in considered
    ]
    return (*decision.options, *others)


def _need(question: Question) -> Need:
    need = need_of(
        question.signals,
        output_cap=question.output_cap,
        choices=question.choices,
        cached_on=question.current,
    )
    # All but this turn has been through the current model: its share is not known, so take all.
    return msgspec.structs.replace(need, cached_tokens=need.prompt_tokens)


def _uncached(need: Need) -> Need:
    return msgspec.structs.replace(need, cached_on=None)


def _decide_named(name: str, question: Question, need: Need, catalog: Catalog) -> Decision:
    model = catalog.named(name)
    if model.name in question.avoid:
        raise NoCandidateError(f"the model '{model.name}' that the request names has failed")
    target = Target(model.name, Reasoning("default"))
    top = always_large(catalog)
    expected = expect(target, model, need)
    return Decision(
        target=target,
        rule=NAMED,
        algorithm="static",
        reasons=("the request names its model, which is honoured as it is",),
        expected=expected,
        baseline=expect(top, catalog.models[top.model], _uncached(need)),
        baseline_target=top,
        options=(Option(target, expected),),
    )


def _options(
    rule: Rule, question: Question, need: Need, catalog: Catalog, *, makeshift: bool = False
) -> Iterator[Option]:
    """Yield the pool's targets.

    `makeshift` lets another model go on with a tool loop, and lets each model reason its least
    without room for it.
    """
    stays = question.in_tool_loop and question.current in rule.use and not makeshift
    asked = _asked(rule.reasoning, question.wish)
    must_reason = asked.mode == "on" and any(catalog.models[n].family.switches for n in rule.use)
    for name in rule.use:
        model = catalog.models[name]
        for index, reasoning in enumerate(_allowed(model, asked, need)):
            target = Target(name, reasoning)
            excluded = _exclusion(target, model, question, need, stays=stays)
            if excluded is None and not (makeshift and index == 0):
                excluded = _no_room(target, question, need)
            if must_reason and reasoning.mode == "default" and not makeshift:
                excluded = excluded or "it cannot be asked to reason, which this request must be"
            yield Option(target, expect(target, model, need), excluded)


def _asked(rule: ReasoningRule, wish: Reasoning | None) -> ReasoningRule:
    """Return what is asked of reasoning: the client's wish, unless there is none or a ban on it."""
    if wish is None or rule.override:
        return rule
    return ReasoningRule(
        mode="off" if wish.mode == "off" else "on",
        effort=wish.effort,
        budget_tokens=wish.budget_tokens or rule.budget_tokens,
    )


def _allowed(model: Model, asked: ReasoningRule, need: Need) -> Iterator[Reasoning]:
    """Yield the ways to reason that are left open on a model."""
    choices = model.family.choices()
    wanted = choices
    if asked.mode == "off":
        wanted = choices[:1]  # off, or the least that a family without an off can do
    elif asked.mode == "on" and model.family.switches:
        wanted = tuple(c for c in choices if c.mode == "on" and asked.effort in {None, c.effort})
        wanted = wanted or tuple(c for c in choices if c.mode == "on")
    for choice in wanted:
        yield _budgeted(choice, model, asked.budget_tokens, need)


def _budgeted(choice: Reasoning, model: Model, budget: int | None, need: Need) -> Reasoning:
    family = model.family
    if choice.mode != "on" or not family.budget:
        return choice
    if budget is None and family.budget_required:
        # Twice the expected tokens: a cap should cut off runaways, not ordinary answers.
        budget = max(1, math.ceil(2 * need.extra_tokens / _BUDGET_STEP)) * _BUDGET_STEP
    if budget is None:
        return choice
    return msgspec.structs.replace(choice, budget_tokens=max(budget, family.min_budget_tokens))


def _exclusion(
    target: Target, model: Model, question: Question, need: Need, *, stays: bool
) -> str | None:
    """Say why a target cannot take this request, or None if it can."""
    cap = question.output_cap
    window = model.context_window
    budget = target.reasoning.budget_tokens
    if target.model in question.avoid:
        return "it has failed this request"
    if stays and target.model != question.current:
        return f"{question.current} is in the middle of a tool call"
    if question.images and not model.images:
        return "it takes no images"
    if window is not None and need.prompt_tokens + (cap or 1) > window:
        return f"about {need.prompt_tokens:.0f} prompt tokens do not fit its window of {window}"
    if model.family.budget_required and cap is not None and (budget or 0) >= cap:
        return f"its reasoning budget of {budget} tokens must be below max_tokens {cap}"
    return None


def _no_room(target: Target, question: Question, need: Need) -> str | None:
    """Say that max_tokens would end the answer before its reasoning, unless the client wants it."""
    cap = question.output_cap
    if cap is None or question.wish is not None or target.reasoning.mode != "on":
        return None
    if reasoning_tokens(target, need) < cap:
        return None
    return f"max_tokens {cap} leaves no room to reason"


def _nothing_left(rule: Rule, options: tuple[Option, ...]) -> NoCandidateError:
    why = "; ".join(f"{option.target}: {option.excluded}" for option in options)
    return NoCandidateError(f"rule '{rule.name}': no model can take this request ({why})")


def _rule_reasons(rule: Rule, question: Question) -> tuple[str, ...]:
    if rule.when is None:
        return (f"rule '{rule.name}' takes every request",)
    return (f"rule '{rule.name}' holds: {in_words(rule.when, question.signals)}",)


def _notes(question: Question, rule: Rule, policy: Policy) -> Iterator[str]:
    if question.wish is not None:
        if rule.reasoning.override:
            yield f"the rule overrides the client's wish (reasoning {question.wish})"
        else:
            yield f"the client asks for reasoning {question.wish}"
    if question.current is not None:
        yield f"the conversation is on {question.current}: leaving it loses its prompt cache"
    if rule.choose == "gain":
        yield policy.basis
