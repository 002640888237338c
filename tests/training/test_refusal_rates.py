"""Thresholds by rate: what the rows can show, how they hold, and where they are written."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from pointsman.encoder.bundle import DEFAULT_BUNDLE, FlagsHead, load_bundle
from pointsman.encoder.encoding import Asked
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.errors import TooFewRowsError
from pointsman.statistics.thresholds import solve
from pointsman.training import manifest, refusal_rates
from pointsman.training.corpus import read_corpus
from pointsman.training.harmless import Harmless, read_harmless
from pointsman.training.refusal_page import Group, RefusalRates, rates_page
from pointsman.training.weights import ATTACKS

RECORDED = Path(__file__).parents[2] / "benchmarks/training"


@pytest.mark.parametrize(
    ("rows", "first"), [(2995, 0.001), (2994, 0.002), (299, 0.01), (58, 0.1), (29, 0.1)]
)
def test_only_rates_that_the_rows_can_show_get_a_threshold(rows: int, first: float) -> None:
    scores = np.random.default_rng(2).random(rows)
    rungs = refusal_rates.rungs_of(scores, refusal_rates.RATES)
    shown = [rate for rate in refusal_rates.RATES if rate >= first]
    assert [rung.target for rung in rungs] == shown
    assert rungs == tuple(solve(scores, rate) for rate in shown)


def test_rows_that_show_nothing_are_told_how_many_are_needed() -> None:
    with pytest.raises(TooFewRowsError, match=r"28 harmless texts .* 0\.1, needs 29"):
        refusal_rates.rungs_of(np.zeros(28), refusal_rates.RATES)


def test_each_source_and_side_is_counted_apart() -> None:
    texts = [
        Harmless("a", "cache", "choose"),
        Harmless("b", "domain", "choose"),
        Harmless("c", "cache", "report"),
        Harmless("d", "cache", "choose"),
    ]
    scores = np.array([[0.9, 0.1], [0.2, 0.2], [0.5, 0.7], [0.5, 0.1]])
    rungs = {
        "jailbreak": (solve(np.full(30, 0.6), 0.1), solve(np.full(30, 0.4), 0.2)),
        "harmful": (solve(np.full(30, 0.6), 0.1), solve(np.full(30, 0.1), 0.2)),
    }
    assert list(refusal_rates.groups_of(texts, scores, rungs)) == [
        Group("domain", "choose", 1, {"jailbreak": (0, 0), "harmful": (0, 1)}, (0, 1)),
        Group("cache", "choose", 2, {"jailbreak": (1, 2), "harmful": (0, 0)}, (1, 2)),
        Group("cache", "report", 1, {"jailbreak": (0, 1), "harmful": (1, 1)}, (1, 1)),
    ]


def test_the_ladder_is_written_into_the_manifest_and_nothing_else_changes(
    tiny_bundle: Path, data_folder: Path
) -> None:
    before = manifest.read(tiny_bundle)
    harmless = read_harmless(data_folder, read_corpus(data_folder))
    found = refusal_rates.add_ladder(tiny_bundle, harmless)
    after = manifest.read(tiny_bundle)
    (head,) = (one for one in after.heads if isinstance(one, FlagsHead))
    assert head.ladder == found.ladder
    emptied = tuple(
        msgspec.structs.replace(one, ladder={}) if one is head else one for one in after.heads
    )
    assert msgspec.structs.replace(after, heads=emptied) == before
    assert load_bundle(tiny_bundle).manifest.heads == after.heads


def test_as_many_harmless_texts_are_above_as_the_ladder_says(
    tiny_bundle: Path, data_folder: Path
) -> None:
    harmless = read_harmless(data_folder, read_corpus(data_folder))
    found = refusal_rates.add_ladder(tiny_bundle, harmless)
    encoder = OnnxEncoder(load_bundle(tiny_bundle))
    solved_on = [one.text for one in harmless.texts if one.side == "choose"]
    asked = Asked(whole=frozenset({"attacks"}))
    read = [encoder.encode(text, asked).scores["attacks"] for text in solved_on]
    for label in ATTACKS:
        for rung in found.ladder[label]:
            assert rung.rows == len(solved_on)
            above = sum(scores[label] > rung.above for scores in read)
            assert above / len(solved_on) == rung.rate <= rung.target


def test_the_page_counts_what_is_solved_on_and_what_is_held_out() -> None:
    rungs = (solve(np.linspace(0, 1, 300), 0.01), solve(np.linspace(0, 1, 300), 0.1))
    groups = (
        Group("domain", "choose", 300, {"jailbreak": (3, 30)}, (3, 30)),
        Group("domain", "report", 200, {"jailbreak": (1, 18)}, (2, 19)),
        Group("cache", "choose", 5, {"jailbreak": (0, 4)}, (0, 5)),
    )
    page = rates_page(RefusalRates("tiny 1", {}, {"jailbreak": rungs}, groups))
    assert "| jailbreak | 1 | 0.9900 | 1.00 |" in page
    assert "| domain | 300 + 200 | 3 + 1 | 30 + 18 |" in page
    assert "| domain | 300 + 200 | 3 + 2 | 30 + 19 |" in page
    assert "| cache | 5 | 0 | 4 |" in page
    assert "held out, on 200" in page


def test_a_page_without_held_out_texts_leaves_their_columns_empty() -> None:
    rungs = (solve(np.linspace(0, 1, 300), 0.01),)
    groups = (Group("pii", "choose", 300, {"jailbreak": (3,)}, (3,)),)
    page = rates_page(RefusalRates("tiny 1", {}, {"jailbreak": rungs}, groups))
    (line,) = (line for line in page.splitlines() if line.startswith("| jailbreak | 1 |"))
    assert line.endswith("|  |  |")


def test_the_recorded_page_is_that_of_the_recorded_numbers_and_of_the_shipped_bundle() -> None:
    raw = (RECORDED / "refusal_rates.json").read_bytes()
    found = msgspec.json.decode(raw, type=RefusalRates)
    assert (RECORDED / "refusal_rates.md").read_text("utf-8") == rates_page(found)
    (head,) = (one for one in manifest.read(DEFAULT_BUNDLE).heads if isinstance(one, FlagsHead))
    assert head.ladder == found.ladder
    solved_on = [group for group in found.groups if group.side == "choose"]
    for label, rungs in found.ladder.items():
        for at, rung in enumerate(rungs):
            assert sum(group.above[label][at] for group in solved_on) == round(
                rung.rate * rung.rows
            )
        assert sum(group.rows for group in solved_on) == rungs[0].rows
