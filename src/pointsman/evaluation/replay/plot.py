"""Draws what a pair's recorded answers bring against what they cost: an SVG and a PNG each.

Needs matplotlib, of the extra `bench`; nothing else imports this module. The same run gives the
same SVG, byte for byte, on one version of matplotlib.
"""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import msgspec
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pointsman.evaluation.replay.report import Prices
from pointsman.evaluation.replay.scores import (
    GENERIC,
    HEAVY,
    LENGTH,
    LIGHT,
    ORACLE,
    OURS,
    OWN_TABLE,
    PER_TOKEN,
    RANDOM,
    TRADES,
    Outcomes,
    Replayed,
    rankings,
)
from pointsman.statistics.calibrate import Floats
from pointsman.statistics.curves import curve_of

_STEPS = np.linspace(0.0, 1.0, 41)
"""Shares at which a curve is drawn: more would make the file larger and the line no finer."""


class _Style(msgspec.Struct, frozen=True):
    colour: str
    line: str = "-"
    width: float = 1.5


_STYLES: Mapping[str, _Style] = {
    OURS: _Style("#0072b2", width=2.5),
    PER_TOKEN: _Style("#0072b2", "--", 1.0),
    GENERIC: _Style("#56b4e9"),
    OWN_TABLE: _Style("#d55e00"),
    LENGTH: _Style("#888888", "-."),
    RANDOM: _Style("#000000", ":"),
}
"""Curves from the top of the legend down; colours of Okabe and Ito, told apart by line, too."""


class Axis(msgspec.Struct, frozen=True, eq=False):
    """What a picture has below: the light and the heavy answer's share of it, per question."""

    label: str
    light: Floats
    heavy: Floats


def draw(replay: Replayed, prices: Prices, folder: Path) -> tuple[Path, Path]:
    """Write a pair's pictures, and return where they are.

    Args:
        replay: The pair.
        prices: Of the two models.
        folder: Made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = replay.pair.name.replace("->", "--").replace(":", "-").replace("/", "-")
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    with mpl.rc_context({"svg.hashsalt": "pointsman", "font.size": 9.0}):
        figure = _figure(replay, axes_of(replay, prices))
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=120, metadata={"Software": None})
    return svg, png


def axes_of(replay: Replayed, prices: Prices) -> tuple[Axis, ...]:
    """What accuracy is drawn against: output tokens and cost; or, without tokens, heavy calls."""
    light, heavy = replay.outcomes.light_tokens, replay.outcomes.heavy_tokens
    if light is None or heavy is None:
        rows = len(replay.asked)
        return (Axis("share sent to the heavy model, %", np.zeros(rows), np.full(rows, 100.0)),)
    prompt = replay.prompt_tokens
    # Dollars per million tokens, times tokens, are millionths of a dollar a question.
    return (
        Axis("mean output tokens (word pieces)", light, heavy),
        Axis(
            "cost, US dollars per 1,000 questions\n"
            f"(per million tokens in/out: light {prices.light_input:g}/{prices.light_output:g}, "
            f"heavy {prices.heavy_input:g}/{prices.heavy_output:g})",
            (prompt * prices.light_input + light * prices.light_output) / 1000,
            (prompt * prices.heavy_input + heavy * prices.heavy_output) / 1000,
        ),
    )


def _figure(replay: Replayed, axes: tuple[Axis, ...]) -> Figure:
    figure = Figure(figsize=(4.0 + 4.0 * len(axes), 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    places = figure.subplots(1, len(axes), sharey=True, squeeze=False)[0]
    for place, axis in zip(places, axes, strict=True):
        _curves(place, replay, axis)
        _points(place, replay, axis)
        place.set_xlabel(axis.label)
        place.grid(alpha=0.25)
    places[0].set_ylabel("right answers, %")
    # Below all: curves bend every way, so that no corner is free in every picture.
    handles, labels = places[-1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4 if len(axes) > 1 else 3)
    mode = "mode surrogate: two models" if replay.pair.kind == "mode" else "model choice"
    figure.suptitle(
        f"{replay.pair.light}  →  {replay.pair.heavy}\n"
        f"{mode}, {len(replay.asked)} recorded questions, replayed",
        fontsize=10,
    )
    return figure


def _curves(place: Axes, replay: Replayed, axis: Axis) -> None:
    found = {each.name: each for each in rankings(replay)}
    for name, style in _STYLES.items():
        if name in found:
            curve = curve_of(found[name].scores, replay.outcomes.gain, axis.heavy - axis.light)
            places = curve.share if len(curve.share) <= len(_STEPS) else _STEPS
            reached = np.array([curve.at(float(share)) for share in places])
            place.plot(
                axis.light.mean() + reached[:, 1],
                100 * (replay.outcomes.light.mean() + reached[:, 0]),
                style.line,
                color=style.colour,
                linewidth=style.width,
                label=name,
            )


def _points(place: Axes, replay: Replayed, axis: Axis) -> None:
    outcomes = replay.outcomes
    for trade in TRADES:
        at = _reached(outcomes, axis, replay.ours.sent(trade))
        place.plot(*at, "o", color=_STYLES[OURS].colour, markersize=6)
        place.annotate(
            f"λ {trade:g}",
            at,
            textcoords="offset points",
            xytext=(0, -15),
            ha="center",
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
        )
    oracle = np.asarray(outcomes.gain > 0, dtype=np.float64)
    for label, marker, sent in (
        (LIGHT, "v", np.zeros(len(oracle))),
        (HEAVY, "^", np.ones(len(oracle))),
        (ORACLE, "*", oracle),
    ):
        colour = "#009e73" if label == ORACLE else "#000000"
        size = 12 if label == ORACLE else 8
        at = _reached(outcomes, axis, sent)
        place.plot(*at, marker, color=colour, markersize=size, linestyle="none", label=label)


def _reached(outcomes: Outcomes, axis: Axis, sent: Floats) -> tuple[float, float]:
    """Where a choice stands: what it costs, and right answers in percent."""
    right = outcomes.light + sent * outcomes.gain
    spent = axis.light + sent * (axis.heavy - axis.light)
    return float(spent.mean()), 100 * float(right.mean())
