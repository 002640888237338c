"""How long the decision takes once a request has been read: many models and rules, and few.

    python benchmarks/deciding.py > benchmarks/deciding.md

Invented models of five families; rules that look at a domain and at p_gain and
do not hold, and a last one that takes everything by gain. The median of 300 decisions, in
microseconds, on one core; and what finding the counterfactual of one takes, which no request waits
for.
"""

import statistics
import time
from collections.abc import Callable

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import Catalog, Model, Prices
from pointsman.policy.conditions import All, Asks
from pointsman.policy.counterfactual import counterfactual
from pointsman.policy.decide import decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.signals.findings import Measure, Scores

KINDS = ("qwen3", "openai", "gpt-oss", "anthropic", "generic")
DOMAINS = ("math", "law", "physics", "other")
QUESTION = Question(
    {
        "domain": Scores(dict.fromkeys(DOMAINS, 0.25)),
        "reasoning": Measure(
            {"p_gain": 0.3, "p_loss": 0.05, "p_light": 0.5, "p_heavy": 0.75, "extra_tokens": 500.0}
        ),
        "surface": Measure({"characters": 400.0, "prompt_tokens": 100.0}),
    }
)
REPEATS = 300


def a_model(number: int) -> Model:
    """Return an invented model; the later, the dearer and stronger."""
    name, kind = f"m{number}", KINDS[number % len(KINDS)]
    price = float(number + 1)
    return Model(name, name, kind, FAMILIES[kind], Prices(price / 4, price), (), number / 9)


def a_policy(models: tuple[str, ...], rules: int) -> Policy:
    """Return rules that do not hold, and one that takes everything."""
    closed = [
        Rule(
            f"r{number}",
            models,
            All(
                (
                    Asks("domain", DOMAINS[number % 4], above=0.5 + number / 300),
                    Asks("reasoning", "p_gain", above=0.5 + number / 300),
                )
            ),
        )
        for number in range(rules - 1)
    ]
    return Policy((*closed, Rule("last", models)))


def microseconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median of so many runs."""
    spent = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        spent.append(1e6 * (time.perf_counter() - began))
    return statistics.median(spent)


def main() -> None:
    """Print the table."""
    print("# The decision alone\n")
    print("`python benchmarks/deciding.py`; see its head for what is measured.\n")
    print("| models | targets | rules | decision, µs | its counterfactual, µs |")
    print("|---|---|---|---|---|")
    for models, rules in ((2, 2), (5, 20), (10, 100)):
        catalog = Catalog({model.name: model for model in map(a_model, range(models))})
        policy = a_policy(tuple(catalog.models), rules)
        decision = decide(QUESTION, policy, catalog)
        took = microseconds(lambda p=policy, c=catalog: decide(QUESTION, p, c))  # type: ignore[misc]  # bound at once
        turn = microseconds(
            lambda d=decision, p=policy, c=catalog: counterfactual(QUESTION, d, p, c),  # type: ignore[misc]  # bound at once
            REPEATS // 10,
        )
        print(f"| {models} | {len(decision.options)} | {rules} | {took:.0f} | {turn:.0f} |")


if __name__ == "__main__":
    main()
