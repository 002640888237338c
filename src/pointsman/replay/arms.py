"""Recorded outcomes as arrays: what every arm that is a model of the config scored and took."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pointsman.catalog.models import Catalog, Target
from pointsman.config.dial import target_of
from pointsman.errors import ConfigError
from pointsman.observe.outcomes import Recorded
from pointsman.policy.decide import Decision
from pointsman.policy.gain import share_of
from pointsman.replay.records import CASCADE
from pointsman.statistics.calibrate import Floats, Indices

NOT_RECORDED = -1


class Arms(msgspec.Struct, frozen=True, eq=False):
    """What was recorded of arms, from the lightest to the heaviest.

    Attributes:
        names: As in the file.
        targets: What each is in the config.
        scores: NaN where an arm was not asked, (questions, arms).
        tokens: Output tokens, NaN where they were not recorded, (questions, arms).
        others: Arms that are no model of the config, and how many questions each answered.
    """

    names: tuple[str, ...]
    targets: tuple[Target, ...]
    scores: Floats
    tokens: Floats
    others: Mapping[str, int]

    def column(self, decision: Decision) -> int:
        """Return the arm that a decision chooses, or `NOT_RECORDED`.

        A cap on reasoning tokens is left out of account. A cascade is no arm: where it goes depends
        on answers that nobody kept.
        """
        if decision.algorithm == CASCADE and decision.then is not None:
            return NOT_RECORDED
        reasoning = msgspec.structs.replace(decision.target.reasoning, budget_tokens=None)
        target = Target(decision.target.model, reasoning)
        return self.targets.index(target) if target in self.targets else NOT_RECORDED

    def usd(self, catalog: Catalog, prompt_tokens: Floats) -> Floats:
        """Return what each answer cost by a catalog's prices, (questions, arms).

        All tokens of an answer count at the price of output: which of them were reasoning is not
        recorded.
        """
        prices = [catalog.models[target.model].prices for target in self.targets]
        read = np.array([price.input for price in prices])
        said = np.array([price.output for price in prices])
        cost = prompt_tokens[:, np.newaxis] * read + self.tokens * said
        return np.asarray(cost / 1e6, dtype=np.float64)


def arms_of(recorded: Sequence[Recorded], catalog: Catalog) -> Arms:
    """Find a config's models among the arms of recorded outcomes.

    Raises:
        ConfigError: Fewer than two arms are models of the config, or two are the same.
    """
    counts = Counter(arm for question in recorded for arm in question.answers)
    found: dict[Target, str] = {}
    for arm in sorted(counts):
        target = target_of(arm, catalog)
        if target is None:
            continue
        if target in found:
            raise ConfigError(f"the arms {found[target]} and {arm} are both {target} in the config")
        found[target] = arm
    if len(found) < 2:  # noqa: PLR2004  # a light and a heavy one
        listed = ", ".join(f"{arm} ({rows} questions)" for arm, rows in sorted(counts.items()))
        raise ConfigError(
            "expected outcomes of two models of the config, or of one in two reasoning modes; the "
            f"file holds {listed or 'none'}, the config {', '.join(catalog.models)}: name the "
            "models of the config as in the file, or set `name`"
        )
    targets = sorted(found, key=lambda target: share_of(target, catalog.models[target.model]))
    names = tuple(found[target] for target in targets)
    return Arms(
        names=names,
        targets=tuple(targets),
        scores=_grid(recorded, names, "score"),
        tokens=_grid(recorded, names, "tokens"),
        others={arm: rows for arm, rows in counts.items() if arm not in names},
    )


def _grid(recorded: Sequence[Recorded], names: Sequence[str], field: str) -> Floats:
    grid = np.full((len(recorded), len(names)), np.nan)
    for row, question in enumerate(recorded):
        for column, name in enumerate(names):
            answer = question.answers.get(name)
            value = None if answer is None else getattr(answer, field)
            if value is not None:
                grid[row, column] = value
    return grid


def taken(values: Floats, columns: Indices) -> Floats:
    """Take one arm's value of each question, (questions,)."""
    return np.asarray(values[np.arange(len(values)), columns], dtype=np.float64)
