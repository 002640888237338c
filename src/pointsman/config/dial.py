"""Turns the dial of a config into λ, solved from recorded outcomes where a goal is stated."""

import msgspec

from pointsman.catalog.models import Catalog, Target
from pointsman.config.load import Source
from pointsman.config.rules import check_speeds
from pointsman.config.schema import PreferConfig
from pointsman.encoder.bundle import Bundle
from pointsman.policy.dial import Sample, cost_goal, curve, quality_floor
from pointsman.policy.gain import Ends, share_of
from pointsman.policy.rules import DEFAULT_PREFER, Prefer, Rule
from pointsman.policy.selection import SELECTORS
from pointsman.signals.head_file import GainHead

_PATH = "$.policy.prefer"


class Ground(msgspec.Struct, frozen=True):
    """What a dial is solved on.

    Attributes:
        sample: Recorded questions; None where there are none.
        pool: Models that a rule chooses among by weighing.
    """

    sample: Sample | None
    pool: tuple[str, ...]
    catalog: Catalog
    ends: Ends


def ground_of(
    rules: tuple[Rule, ...], catalog: Catalog, bundle: Bundle, gain: GainHead | None
) -> Ground:
    """Return what a config's dial is solved on: the operator's outcomes, else the bundle's."""
    weighing = (rule for rule in rules if SELECTORS[rule.choose].weighs)
    pool = tuple(dict.fromkeys(name for rule in weighing for name in rule.use))
    return Ground(_sample(bundle, gain), pool, catalog, ends_of(gain, catalog))


def _sample(bundle: Bundle, gain: GainHead | None) -> Sample | None:
    """The operator's outcomes, else the bundle's; a head without any has none to offer."""
    if gain is None:
        points, exam = bundle.manifest.outcomes, "public exam questions (prior: not your traffic)"
    else:
        points, exam = gain.sample, f"questions of {gain.basis or 'your outcomes'}"
    if not points:
        return None
    number = sum(point.weight for point in points)
    return Sample(points, f"{number:.0f} {exam}")


def ends_of(gain: GainHead | None, catalog: Catalog) -> Ends:
    """Return where the arms of a learned head stand, if they are models of the catalog."""
    if gain is None:
        return Ends()
    light, heavy = (target_of(arm, catalog) for arm in (gain.light, gain.heavy))
    if light is None or heavy is None:
        return Ends()
    ends = Ends(*(share_of(arm, catalog.models[arm.model]) for arm in (light, heavy)))
    return ends if ends.heavy > ends.light else Ends()


def target_of(arm: str, catalog: Catalog) -> Target | None:
    """Return the target that an arm of recorded outcomes names, as MODEL or MODEL:MODE, or None.

    MODE is `on`, `off` or an effort; without one, it is the least reasoning of the model.
    """
    for name, model in catalog.models.items():
        for known in {name, model.upstream_name}:
            if arm == known:
                return catalog.targets[name][0]
            if not arm.startswith(f"{known}:"):
                continue
            mode = arm.removeprefix(f"{known}:")
            for target in reversed(catalog.targets[name]):
                if mode in {target.reasoning.mode, target.reasoning.effort}:
                    return target
    return None


def prefer_of(prefer: PreferConfig, ground: Ground, source: Source) -> Prefer:
    """Return λ and how it was found.

    Raises:
        ConfigError: Several goals, a goal that no λ is shown to keep, or nothing to solve it on.
    """
    goals = {
        "lambda": prefer.trade,
        "quality_loss_max": prefer.quality_loss_max,
        "usd_per_day": prefer.usd_per_day,
        "latency_s": prefer.latency_s,
    }
    given = [name for name, value in goals.items() if value is not None]
    if len(given) > 1:
        said = ", ".join(f"`{name}`" for name in given)
        raise source.error(f"expected one of {said}: there is one dial", _PATH)
    if prefer.requests_per_day is not None and prefer.usd_per_day is None:
        raise source.error(
            "`requests_per_day` goes with `usd_per_day`", f"{_PATH}.requests_per_day"
        )
    if prefer.trade is not None:
        return Prefer(trade=prefer.trade)
    if prefer.quality_loss_max is not None:
        return _quality(prefer.quality_loss_max, ground, source)
    if prefer.usd_per_day is not None:
        return _spend(prefer.usd_per_day, prefer.requests_per_day, ground, source)
    if prefer.latency_s is not None:
        return _latency(prefer.latency_s, ground, source)
    return DEFAULT_PREFER


def _grounded(ground: Ground, source: Source, path: str) -> Sample:
    if ground.sample is None:
        raise source.error(
            "there are no recorded outcomes to solve this from: record some and run `pointsman "
            "learn OUTCOMES --out gain.json` (`heads: {gain: gain.json}`), or state `lambda`",
            path,
        )
    return ground.sample


def _quality(loss_max: float, ground: Ground, source: Source) -> Prefer:
    path = f"{_PATH}.quality_loss_max"
    sample = _grounded(ground, source, path)
    settings = curve(sample, ground.pool, ground.catalog, ground.ends)
    found = quality_floor(settings, loss_max, sample.basis)
    if found is not None:
        return found
    least = min(setting.loss_high for setting in settings)
    raise source.error(
        f"on {sample.basis} no setting is shown to lose less than {least:.3f} (95 % bound): allow "
        "that much, record more outcomes, or state `lambda: 0`, which buys every gain",
        path,
    )


def _spend(
    usd_per_day: float, requests_per_day: float | None, ground: Ground, source: Source
) -> Prefer:
    path = f"{_PATH}.usd_per_day"
    if all(not m.prices.input and not m.prices.output for m in ground.catalog.models.values()):
        raise source.error("no model has a price: set `usd_per_million`", path)
    basis = f"lambda follows what is spent: {usd_per_day:g} US$ a day"
    trade = DEFAULT_PREFER.trade
    if requests_per_day is not None:
        settings = curve(_grounded(ground, source, path), ground.pool, ground.catalog, ground.ends)
        most = usd_per_day / requests_per_day
        found = cost_goal(settings, most) or settings[-1]
        trade = found.trade
    return Prefer(trade=trade, basis=basis, usd_per_day=usd_per_day)


def _latency(latency_s: float, ground: Ground, source: Source) -> Prefer:
    path = f"{_PATH}.latency_s"
    sample = _grounded(ground, source, path)
    check_speeds(ground.pool, ground.catalog, source, path)
    settings = curve(sample, ground.pool, ground.catalog, ground.ends, "seconds")
    found = cost_goal(settings, latency_s)
    if found is None:
        fastest = min(setting.cost for setting in settings)
        raise source.error(
            f"no setting is expected to answer within {latency_s:g} s on average; the fastest "
            f"takes {fastest:.1f} s: allow that, add a faster model, or correct `speed`",
            path,
        )
    return Prefer(
        trade=found.trade,
        weighs="seconds",
        basis=f"lambda {found.trade:.3g} solved from latency_s {latency_s:g}: on {sample.basis} an "
        f"answer is expected to take {found.cost:.1f} s",
    )
