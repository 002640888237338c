"""The decision: the first rule that holds gives a pool, a selector chooses in it. Pure."""

from collections.abc import Iterator

import msgspec

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.errors import NoCandidateError
from pointsman.policy.conditions import holds, in_words
from pointsman.policy.elsewhere import barred, elsewhere, guarded, rerouted
from pointsman.policy.gain import WHOLE, Expected, Need, expect
from pointsman.policy.guard import OFF, UNWATCHED, Verdict, Watch, judge, watch_over
from pointsman.policy.options import need_for, options_of
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.selection import (
    SELECTORS,
    Choice,
    Field,
    Option,
    Weighed,
    share_drawn,
    terms,
    weigh,
)

NAMED = "named"
"""The rule's name in decisions about requests that name their model themselves."""

_PASSES = ((False, False), (True, False), (True, True))
"""What is allowed while nothing is left: a makeshift answer is better than none, and one of a model
that answers is better than asking one that is down."""


class Decision(msgspec.Struct, frozen=True):
    """What was decided, why, and what else there was.

    Attributes:
        expected: Of a cascade, with the second answer's cost times the chance that the first one
            is wrong: not every wrong answer is noticed, so the cost is an upper estimate.
        baseline: The strongest model with the most reasoning, which savings are measured against.
        options: Every option considered, the chosen one among them.
        propensity: How likely this model was to be chosen, where chance had a part in it.
        then: Where to go on when the answer is not good enough.
        shadow: The model that gets a copy of the request.
        verdict: What the guard said.
        watch: The guard over this request: what of it each model may see.
    """

    target: Target
    rule: str
    algorithm: str
    reasons: tuple[str, ...]
    expected: Expected
    baseline: Expected
    baseline_target: Target
    options: tuple[Option, ...]
    propensity: float = 1.0
    then: Target | None = None
    shadow: str | None = None
    verdict: Verdict = OFF
    watch: Watch = UNWATCHED


def decide(question: Question, policy: Policy, catalog: Catalog) -> Decision:
    """Decide where a request goes and how hard the model should think.

    Raises:
        UnknownModelError: The request names a model that the catalog lacks.
        RefusedError: The guard refuses it, or no model may see the personal data in it.
        UncheckedError: It could not be measured, and the guard lets nothing go on unread.
        NoCandidateError: Every option is excluded; the message says why.
    """
    if question.named is None:
        return _decide_auto(_holding(question, policy), question, policy, catalog)
    model = catalog.named(question.named)
    watch = watch_over(policy.guards, None, question.tenant)
    verdict = judge(question.signals, watch, failed=question.failed)
    unseen = barred((model,), question, watch)
    if verdict.send_to is not None:
        rule = guarded(None, (verdict.send_to,))
    elif unseen:
        rule = elsewhere(None, (model.name,), question, watch, catalog)
    else:
        decision = _decide_named(model, question, policy, catalog)
        return msgspec.structs.replace(decision, verdict=verdict, watch=watch)
    decision = _decide_by(rule, question, policy, catalog)
    return msgspec.structs.replace(decision, verdict=rerouted(verdict, unseen), watch=watch)


def _decide_auto(rule: Rule, question: Question, policy: Policy, catalog: Catalog) -> Decision:
    """Decide by the rule that holds, within what the guard allows."""
    watch = watch_over(policy.guards, rule.guard, question.tenant)
    verdict = judge(question.signals, watch, failed=question.failed)
    if verdict.send_to is not None:
        rule = guarded(rule, (verdict.send_to,))
    unseen = barred((catalog.models[name] for name in rule.use), question, watch)
    try:
        decision = _decide_by(rule, question, policy, catalog)
    except NoCandidateError:
        if not unseen:
            raise
        beyond = elsewhere(rule, rule.use, question, watch, catalog)
        decision = _decide_by(beyond, question, policy, catalog)
    return msgspec.structs.replace(decision, verdict=rerouted(verdict, unseen), watch=watch)


def _holding(question: Question, policy: Policy) -> Rule:
    return next(r for r in policy.rules if r.when is None or holds(r.when, question.signals))


def _decide_by(rule: Rule, question: Question, policy: Policy, catalog: Catalog) -> Decision:
    need = need_for(question)
    options, open_options = _options(rule, question, need, policy, catalog)
    if not open_options:
        raise _nothing_left(rule, options)
    field = _field(open_options, rule, question, need, policy, catalog)
    choice = SELECTORS[rule.choose].choose(field)
    return Decision(
        target=choice.option.target,
        rule=rule.name,
        algorithm=rule.choose,
        reasons=(*_rule_reasons(rule, question), *choice.reasons, *_notes(question, rule, policy)),
        expected=_expected(choice),
        baseline=field.baseline,
        baseline_target=catalog.top,
        options=options,
        propensity=choice.propensity,
        then=choice.then.target if choice.then else None,
        shadow=_shadow(rule, question),
    )


def alternatives(
    question: Question, decision: Decision, policy: Policy, catalog: Catalog
) -> tuple[Option, ...]:
    """Return every target of the catalog, also those that the rule left out, for explanations."""
    need = need_for(question)
    considered = {_plain(option.target) for option in decision.options}
    left_out = "not in the pool"
    if question.named is not None:
        left_out = "the request names its model"
    others = [
        Option(target, expect(target, model, need, policy.ends), left_out)
        for model in catalog.models.values()
        for target in catalog.targets[model.name]
        if target not in considered
    ]
    return (*decision.options, *others)


def weighed(
    rule: Rule, question: Question, policy: Policy, catalog: Catalog
) -> tuple[Weighed, ...]:
    """Return the options of a rule as its algorithm weighs them; none where it weighs nothing."""
    need = need_for(question)
    _, open_options = _options(rule, question, need, policy, catalog)
    if not open_options:
        return ()
    field = _field(open_options, rule, question, need, policy, catalog)
    among = SELECTORS[rule.choose].among(field)
    return tuple(weigh(msgspec.structs.replace(field, options=among), *terms(field)))


def _options(
    rule: Rule, question: Question, need: Need, policy: Policy, catalog: Catalog
) -> tuple[tuple[Option, ...], list[Option]]:
    """Return all options of a rule, and those that are left."""
    for makeshift, ask_down in _PASSES:
        options = options_of(
            rule, question, need, policy, catalog, makeshift=makeshift, ask_down=ask_down
        )
        left = [option for option in options if option.excluded is None]
        if left:
            break
    return options, left


def _plain(target: Target) -> Target:
    if target.reasoning.budget_tokens is None:
        return target
    return Target(target.model, msgspec.structs.replace(target.reasoning, budget_tokens=None))


def _field(
    options: list[Option],
    rule: Rule,
    question: Question,
    need: Need,
    policy: Policy,
    catalog: Catalog,
) -> Field:
    prefer = policy.prefer
    if question.trade is not None:
        prefer = msgspec.structs.replace(prefer, trade=question.trade)
    return Field(
        options=options,
        prefer=prefer,
        baseline=_baseline(need, policy, catalog),
        rule=rule,
        current=question.current,
        pressure=question.pressure,
        sticky=_sticky(rule, question),
        again=bool(question.answered),
    )


def _baseline(need: Need, policy: Policy, catalog: Catalog) -> Expected:
    top = catalog.top
    if need.cached_tokens:
        need = msgspec.structs.replace(need, cached_tokens=0.0)
    return expect(top, catalog.models[top.model], need, policy.ends)


def _sticky(rule: Rule, question: Question) -> str:
    return question.caller if rule.sticky == "caller" else question.conversation


def _shadow(rule: Rule, question: Question) -> str | None:
    if rule.shadow is None:
        return None
    drawn = share_drawn(_sticky(rule, question), f"shadow of {rule.name}")
    return rule.shadow.model if drawn < rule.shadow.share else None


def _expected(choice: Choice) -> Expected:
    first = choice.option.expected
    if choice.then is None:
        return first
    chance, second = 1 - first.p_correct, choice.then.expected
    return Expected(
        p_correct=first.p_correct,
        usd=first.usd + chance * second.usd,
        output_tokens=first.output_tokens + chance * second.output_tokens,
        seconds=first.seconds + chance * second.seconds,
    )


def _decide_named(model: Model, question: Question, policy: Policy, catalog: Catalog) -> Decision:
    need = need_for(question)
    if why := question.avoid.get(model.name):
        raise NoCandidateError(f"the model '{model.name}' that the request names: {why}")
    target = Target(model.name, Reasoning("default"))
    expected = expect(target, model, need, WHOLE)
    return Decision(
        target=target,
        rule=NAMED,
        algorithm="static",
        reasons=("the request names its model, which is honoured as it is",),
        expected=expected,
        baseline=_baseline(need, policy, catalog),
        baseline_target=catalog.top,
        options=(Option(target, expected),),
    )


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
    algorithm = SELECTORS[rule.choose]
    if not algorithm.weighs:
        return
    if policy.prefer.basis and question.trade is None:
        yield policy.prefer.basis
    yield policy.tables[algorithm.table].basis if algorithm.table else policy.basis
