"""One question decided again, and what two choices are expected to cost by one yardstick."""

from functools import cached_property

import msgspec

from pointsman.catalog.models import Catalog, Target
from pointsman.policy.conditions import asked_signals
from pointsman.policy.decide import NAMED, Decision, decide
from pointsman.policy.gain import WHOLE, Expected, expect
from pointsman.policy.options import known_to, need_for
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.selection import SELECTORS
from pointsman.replay.records import CASCADE, Kept


class Ground(msgspec.Struct, frozen=True, dict=True):
    """A policy and the models it chooses among."""

    policy: Policy
    catalog: Catalog

    @cached_property
    def asked(self) -> frozenset[str]:
        """The signals that its rules ask for."""
        conditions = (rule.when for rule in self.policy.rules if rule.when is not None)
        return frozenset(name for when in conditions for name in asked_signals(when))

    def rule(self, name: str) -> Rule | None:
        """Return the rule of that name; None for requests that name their model."""
        return next((rule for rule in self.policy.rules if rule.name == name), None)

    def decide(self, question: Question) -> Decision:
        """Decide a question; λ is the recorded one only where this policy, too, lets it move.

        Raises:
            RequestError: No model can take the request, or it names one that there is not.
        """
        if question.trade is not None and self.policy.prefer.usd_per_day is None:
            question = msgspec.structs.replace(question, trade=None)
        return decide(question, self.policy, self.catalog)


class Choice(msgspec.Struct, frozen=True):
    """What was chosen, by whom, and what was expected of it at the time.

    Attributes:
        then: Of a cascade, where it went on, or would.
        expected: Of a cascade, with the second answer's cost times its chance.
    """

    target: Target
    rule: str
    algorithm: str
    expected: Expected
    then: Target | None = None

    @property
    def cascades(self) -> bool:
        """Whether the answer may be thrown away and another model asked."""
        return self.algorithm == CASCADE

    @property
    def action(self) -> tuple[Target, bool]:
        """What two choices must have in common to be the same."""
        return self.target, self.cascades

    def __str__(self) -> str:
        """Return it as a person would say it, without the cap on its reasoning tokens."""
        reasoning = msgspec.structs.replace(self.target.reasoning, budget_tokens=None)
        said = str(Target(self.target.model, reasoning))
        return f"{said} (cascade)" if self.cascades else said


def asked_first(kept: Kept) -> Question | None:
    """Return what was decided before any answer was in, or None for a record without it.

    A cascade writes down the question that led to its last answer: one answer was not good enough.
    """
    if kept.question is None or kept.target is None:
        return None
    return msgspec.structs.replace(kept.question, signals=kept.signals, answered=())


def recorded_choice(kept: Kept) -> Choice:
    """Return the choice that a record tells of: the first one of a cascade, and its second."""
    assert kept.target is not None  # noqa: S101  # see `asked_first`
    p_correct = float("nan") if kept.expected_p_correct is None else kept.expected_p_correct
    expected = Expected(p_correct, kept.expected_usd, kept.expected_tokens)
    answered = () if kept.question is None else kept.question.answered
    if not answered:
        return Choice(kept.target, kept.rule, kept.algorithm, expected)
    return Choice(answered[0], kept.rule, CASCADE, expected, then=kept.target)


def decided_choice(decision: Decision) -> Choice:
    """Return the choice that a decision is."""
    return Choice(
        decision.target, decision.rule, decision.algorithm, decision.expected, decision.then
    )


def expected_of(choice: Choice, question: Question, decision: Decision, ground: Ground) -> Expected:
    """Return what the ground that made a decision expects of another choice for the same question.

    Where it knows not all of its models, or not where a cascade would have gone on, that is what
    was expected at the time.
    """
    if choice.action == (decision.target, decision.algorithm == CASCADE):
        return decision.expected
    targets = [choice.target] if choice.then is None else [choice.target, choice.then]
    unknown = any(target.model not in ground.catalog.models for target in targets)
    if unknown or (choice.cascades and choice.then is None):
        return choice.expected
    named = decision.rule == NAMED
    rule = ground.rule(decision.rule)
    known = None if rule is None else known_to(rule, ground.policy, question.signals)
    ends = WHOLE if named else ground.policy.ends
    need = need_for(question)
    found = [expect(t, ground.catalog.models[t.model], need, ends, known) for t in targets]
    if choice.then is None:
        return found[0]
    first, second = found
    chance = 1 - first.p_correct
    return Expected(
        p_correct=first.p_correct,
        usd=first.usd + chance * second.usd,
        output_tokens=first.output_tokens + chance * second.output_tokens,
    )


def chance_of(choice: Choice, question: Question, decision: Decision, ground: Ground) -> float:
    """Return how likely the ground that made a decision is to make another choice instead.

    1 or 0, but where a rule splits its requests: there it is the share of the choice's model, if
    among that model's own options the split takes the same one.
    """
    same = choice.action == (decision.target, decision.algorithm == CASCADE)
    rule = ground.rule(decision.rule)
    if rule is None or SELECTORS[rule.choose] is not SELECTORS["split"]:
        return float(same)
    open_models = {option.target.model for option in decision.options if option.excluded is None}
    weights = {name: rule.weights.get(name, 0.0) for name in open_models}
    total, own = sum(weights.values()), weights.get(choice.target.model, 0.0)
    if not total:
        return float(same)
    if not own or choice.cascades:
        return 0.0
    alone = msgspec.structs.replace(rule, weights={choice.target.model: own})
    rules = tuple(alone if each is rule else each for each in ground.policy.rules)
    policy = msgspec.structs.replace(ground.policy, rules=rules)
    there = Ground(policy, ground.catalog).decide(question)
    return own / total if there.target == choice.target else 0.0
