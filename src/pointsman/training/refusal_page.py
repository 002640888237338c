"""What `refusal_rates` found, as plain data, and the page written from it."""

from collections.abc import Iterable, Sequence

import msgspec

from pointsman.statistics.bounds import upper_bound
from pointsman.statistics.halves import Half
from pointsman.statistics.thresholds import Threshold

_PAGE = """# False refusals by threshold

Written by `python -m pointsman.training.refusal_rates --data DATA --bundle BUNDLE --out OUT`
(bundle {bundle}).
`refusal_rates.json` holds all numbers, and the hashes of the files read.

Thresholds are solved on harmless texts of the side `choose`, which training has not seen; those of
the side `report` are held out from solving too, so the rate found on them is what to expect of
texts like these. `at most` is the exact one-sided 95 % bound of the rate before it (Clopper and
Pearson). A text counts with the higher of what a full pass says of it and what is served where the
first tier may answer alone.

Sources: `guard, look-alikes` were collected for looking like attacks; `guard, documents` are
documents and tool results with a harmless instruction inside, or none, generated for this project;
`guard, plain` are the other harmless rows of the guard's sets; of the others nobody read a row for
attacks, all are taken for harmless: exam questions and assistant requests (`domain`), short texts
with and without personal data (`pii`), requests with tools (`tools`), captions, forum posts and
headlines (`cache`).

**A rate holds for this mix, not for each source in it.** The tables below count what is refused of
each source: at the same threshold hardly any exam question, and many times the rate of headlines
about violence, of documents that hold instructions, and of texts that look like attacks. In the
tables by source the first number is of `choose`, the second of `report`, where there are two.
"""


class Group(msgspec.Struct, frozen=True):
    """Harmless texts of one source on one side.

    Attributes:
        above: By label, how many are above the threshold for each rate of the ladder.
        any: How many are above any label's.
    """

    source: str
    side: Half
    rows: int
    above: dict[str, tuple[int, ...]]
    any: tuple[int, ...]


class RefusalRates(msgspec.Struct, frozen=True):
    """What was solved, and how it holds.

    Attributes:
        bundle: Name and version.
        files: SHA-256 of each file read.
        ladder: By label; all labels have the same rates.
        groups: Every source on both sides; thresholds were solved on the side `choose`.
    """

    bundle: str
    files: dict[str, str]
    ladder: dict[str, tuple[Threshold, ...]]
    groups: tuple[Group, ...]


ANY = "any of them"


def rates_page(found: RefusalRates) -> str:
    """The page, Markdown."""
    by_source = (
        f"## Refused for {label}, by source\n\n{_by_source(found, label)}"
        for label in (*found.ladder, ANY)
    )
    head = f"{_PAGE.format(bundle=found.bundle)}\n## All sources, percent\n\n"
    return "\n".join([head + _together(found), *by_source])


def _together(found: RefusalRates) -> str:
    rows = []
    held_out = [group for group in found.groups if group.side == "report"]
    texts = sum(group.rows for group in held_out)
    for label, rungs in found.ladder.items():
        for at, rung in enumerate(rungs):
            above = sum(group.above[label][at] for group in held_out)
            rows.append(
                [
                    label,
                    f"{100 * rung.target:g}",
                    f"{rung.above:.4f}",
                    _percent(rung.rate),
                    _percent(rung.rate_max),
                    *_held_out(above, texts),
                ]
            )
    solved_on = next(iter(found.ladder.values()))[0].rows
    head = ["attack", "asked for", "threshold", f"found on {solved_on}", "at most"]
    return _table([*head, f"held out, on {texts}", "at most"], rows)


def _held_out(above: int, texts: int) -> tuple[str, str]:
    """The share of the texts that are held out, and its bound; nothing where there are none."""
    if not texts:
        return "", ""
    return _percent(above / texts), _percent(upper_bound(above, texts))


def _by_source(found: RefusalRates, label: str) -> str:
    """Texts solved on + texts held out, and as many columns as there are rates."""
    rungs = next(iter(found.ladder.values()))
    sides: dict[str, dict[Half, Group]] = {}
    for group in found.groups:
        sides.setdefault(group.source, {})[group.side] = group
    rows = []
    for source, groups in sides.items():
        counts = [
            groups[side].any if label == ANY else groups[side].above[label] for side in groups
        ]
        refused = (" + ".join(map(str, cells)) for cells in zip(*counts, strict=True))
        rows.append([source, " + ".join(str(one.rows) for one in groups.values()), *refused])
    return _table(["source", "texts", *(f"{100 * rung.target:g} %" for rung in rungs)], rows)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
