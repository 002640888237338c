"""Where a request goes that the guard keeps from a model: as `decide` does it."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.catalog.sight import PiiRule
from pointsman.errors import NoCandidateError, RefusedError, UncheckedError
from pointsman.policy.conditions import Asks
from pointsman.policy.decide import NAMED, Decision, decide
from pointsman.policy.guard import GUARD, AttackGuard, Guard, Guards
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Measure, Span, Spans

ALLOW = {"default": PiiRule("allow")}
LOCAL = ("local",)
CLOUD = ("small", "large")


@pytest.fixture(scope="session")
def three(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> Catalog:
    """Two models of others, and one of our own that may see everything."""
    return a_catalog(
        a_model("small", price=1.0, strength=0.0),
        a_model("large", price=10.0, strength=1.0),
        a_model("local", price=5.0, strength=0.5, pii=ALLOW),
    )


@pytest.fixture
def seen(some_signals: Callable[..., Signals]) -> Callable[..., Signals]:
    """Signals of a request with personal data, or an attack."""

    def build(*types: str, jailbreak: float = 0.0) -> Signals:
        spans = tuple(Span(name, 0, 0, 4, 0.9) for name in types)
        attack = Measure({"p": jailbreak})
        return {**some_signals(0.5, 0.0), "pii": Spans(spans), "jailbreak": attack}

    return build


def policy(*rules: Rule, of_whole: Guard | None = None, **types: str) -> Policy:
    table = {name: PiiRule(action) for name, action in types.items()}  # type: ignore[arg-type]
    whole = of_whole or Guard(pii=table)
    return Policy(rules, guards=Guards(whole, signals=frozenset({"pii", "jailbreak"})))


def outcome(decision: Decision) -> tuple[str, str, str]:
    return decision.target.model, decision.rule, decision.verdict.word


def test_within_the_pool_only_models_that_may_see_it_are_left(
    three: Catalog, seen: Callable[..., Signals]
) -> None:
    rules = policy(Rule("all", ("small", "large", "local")), US_SSN="reroute")
    decision = decide(Question(seen("US_SSN")), rules, three)
    assert outcome(decision) == ("local", "all", "reroute")
    assert decision.verdict.reasons == ("pii US_SSN",)
    kept = {option.target.model: option.excluded for option in decision.options}
    assert kept["large"] == "it may not see US_SSN (guard: reroute)"


def test_beyond_the_pool_one_is_looked_for_where_the_operator_says_so(
    three: Catalog, seen: Callable[..., Signals]
) -> None:
    rules = policy(Rule("cloud", CLOUD), US_SSN="reroute", IBAN_CODE="refuse")
    assert outcome(decide(Question(seen("US_SSN")), rules, three)) == ("local", GUARD, "reroute")
    with pytest.raises(RefusedError, match="IBAN_CODE") as refused:
        decide(Question(seen("IBAN_CODE")), rules, three)
    assert refused.value.reasons == ("pii IBAN_CODE",)
    with pytest.raises(RefusedError):
        decide(Question(seen("US_SSN", "IBAN_CODE")), rules, three)


def test_refuse_still_lets_the_pool_s_own_model_see_it(
    three: Catalog, seen: Callable[..., Signals]
) -> None:
    rules = policy(Rule("all", ("small", "large", "local")), US_SSN="refuse")
    assert decide(Question(seen("US_SSN")), rules, three).target.model == "local"


def test_where_no_model_may_see_it_the_request_is_refused(
    two: Catalog, seen: Callable[..., Signals]
) -> None:
    with pytest.raises(RefusedError, match="no model here may see: US_SSN"):
        decide(Question(seen("US_SSN")), policy(Rule("all", CLOUD), US_SSN="reroute"), two)


def test_a_named_model_that_may_not_see_it_is_passed_over(
    three: Catalog, seen: Callable[..., Signals]
) -> None:
    rules = policy(Rule("all", CLOUD), US_SSN="reroute", IBAN_CODE="refuse", PERSON="mask")
    named = Question(seen("US_SSN"), named="large")
    assert outcome(decide(named, rules, three)) == ("local", GUARD, "reroute")
    allowed = Question(seen("US_SSN"), named="local")
    assert outcome(decide(allowed, rules, three)) == ("local", NAMED, "pass")
    behind_placeholders = Question(seen("PERSON"), named="large")
    assert outcome(decide(behind_placeholders, rules, three)) == ("large", NAMED, "pass")
    with pytest.raises(RefusedError):
        decide(Question(seen("IBAN_CODE"), named="large"), rules, three)


SENDS = Guard(attacks={"jailbreak": AttackGuard(refuse_above=0.9, send_above=0.5, send_to="large")})


@pytest.mark.parametrize("named", [None, "small"])
def test_an_attack_goes_where_it_is_sent_whatever_the_request_names(
    named: str | None, three: Catalog, seen: Callable[..., Signals]
) -> None:
    rules = policy(Rule("cheap", ("small",)), of_whole=SENDS)
    question = Question(seen(jailbreak=0.7), named=named)
    assert outcome(decide(question, rules, three)) == ("large", GUARD, "send")
    with pytest.raises(RefusedError):
        decide(Question(seen(jailbreak=0.95), named=named), rules, three)


def test_what_an_attack_is_sent_to_must_be_able_to_take_it(
    three: Catalog, seen: Callable[..., Signals]
) -> None:
    rules = policy(Rule("cheap", ("small",)), of_whole=SENDS)
    question = Question(seen(jailbreak=0.7), avoid={"large": "it has failed this request"})
    with pytest.raises(NoCandidateError, match="it has failed"):
        decide(question, rules, three)


def test_a_rules_guard_holds_where_the_rule_does(
    three: Catalog, seen: Callable[..., Signals]
) -> None:
    lax = Rule("lax", CLOUD, when=Asks("domain", "math", above=0.5), guard=Guard(pii=ALLOW))
    rules = policy(lax, Rule("all", CLOUD), US_SSN="refuse")
    assert decide(Question(seen("US_SSN")), rules, three).rule == "lax"
    other = {**seen("US_SSN"), "domain": Measure({"math": 0.1})}
    with pytest.raises(RefusedError):
        decide(Question(other), rules, three)


@pytest.mark.parametrize("action", ["reroute", "refuse"])
def test_a_model_that_failed_is_never_replaced_by_one_that_may_not_see_it(
    action: str, three: Catalog, seen: Callable[..., Signals]
) -> None:
    rules = policy(Rule("all", ("small", "large", "local")), US_SSN=action)
    question = Question(seen("US_SSN"), avoid={"local": "it has failed this request"})
    with pytest.raises(NoCandidateError):
        decide(question, rules, three)


def test_a_split_and_a_cascade_choose_otherwise_beyond_their_pool(
    three: Catalog, seen: Callable[..., Signals]
) -> None:
    split = Rule("split", CLOUD, choose="split", weights={"small": 1.0, "large": 1.0})
    cascade = Rule("cascade", CLOUD, choose="cascade")
    for rule, algorithm in ((split, "static"), (cascade, "gain")):
        decision = decide(Question(seen("US_SSN")), policy(rule, US_SSN="reroute"), three)
        assert (decision.target.model, decision.algorithm) == ("local", algorithm)


def test_a_request_that_could_not_be_measured_goes_on_only_where_the_operator_says_so(
    three: Catalog, some_signals: Callable[..., Signals]
) -> None:
    unknown = {name: Measure({}) for name in some_signals()} | {
        "surface": some_signals()["surface"]
    }
    question = Question(unknown, failed=True)
    strict = policy(Rule("all", CLOUD), of_whole=Guard({"jailbreak": AttackGuard(0.5)}))
    with pytest.raises(UncheckedError):
        decide(question, strict, three)
    lenient = msgspec.structs.replace(
        strict.guards, whole=Guard({"jailbreak": AttackGuard(0.5)}, on_failure="pass")
    )
    decision = decide(question, msgspec.structs.replace(strict, guards=lenient), three)
    assert decision.verdict.reasons == ("unchecked",)
