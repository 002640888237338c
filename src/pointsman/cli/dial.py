"""What other positions of the dial would bring, as a table for `pointsman check --dial`."""

from collections.abc import Iterator

from rich import box
from rich.table import Table

from pointsman.config.build import Setup
from pointsman.config.dial import Ground, ground_of
from pointsman.policy.dial import Setting, curve
from pointsman.signals.head_file import GAIN, GainHead

_SHOWN = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0, 2.0)


def ground(setup: Setup) -> Ground:
    """Return what a config's dial is solved on."""
    head = setup.heads.get(GAIN)
    world = setup.world
    learned = head if isinstance(head, GainHead) else None
    return ground_of(world.policy.rules, world.catalog, setup.bundle, learned)


def settings(setup: Setup) -> tuple[Setting, ...]:
    """Return what some λ bring, and the config's own; none where there is nothing to solve on."""
    on = ground(setup)
    prefer = setup.world.policy.prefer
    if on.sample is None:
        return ()
    trades = sorted({*_SHOWN, prefer.trade})
    return curve(on.sample, on.pool, on.catalog, on.ends, prefer.weighs, trades)


def dial_table(setup: Setup) -> Table:
    """Return the table."""
    prefer = setup.world.policy.prefer
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("lambda", justify="right")
    for name in ("right answers lost", "95 % bound", prefer.weighs, "of always-large", "tokens"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("who answers")
    for one in settings(setup):
        mine = one.trade == prefer.trade
        table.add_row(
            f"{'→ ' if mine else ''}{one.trade:.3g}",
            f"{100 * one.loss:.1f} of 100",
            f"{100 * one.loss_high:.1f}",
            f"{one.cost:.3g}",
            f"{one.cost_share:.0%}",
            f"{one.tokens_share:.0%}",
            ", ".join(_shares(one)),
            style="bold" if mine else None,
        )
    return table


def _shares(setting: Setting) -> Iterator[str]:
    ordered = sorted(setting.shares.items(), key=lambda item: -item[1])
    for target, share in ordered[:3]:
        yield f"{target} {share:.0%}"
