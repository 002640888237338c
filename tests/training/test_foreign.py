"""The whole way of fitting: not collected where the extra `train` is not installed."""

import json
from pathlib import Path

import pytest

from pointsman.config.foreign import NOTE_FILE, load_foreign
from pointsman.encoder.bundle import Bundle
from pointsman.signals.attacks import ATTACKS
from pointsman.training import foreign, foreign_fitting, foreign_texts
from pointsman.training.foreign_texts import HARMLESS, Row

LANGUAGES = ("en", "de", "ja")
CHECKS = [Row("雪の上を犬が走っている", HARMLESS, "ja", 0, foreign_texts.CAPTION)]


@pytest.fixture
def fewer(monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    """Two languages and a small table: enough to see that the steps fit together."""
    monkeypatch.setattr(foreign_fitting, "BUCKETS", 1 << 12)
    pieces = foreign_texts.read_pieces()
    return foreign_texts.rows_of({language: pieces[language] for language in LANGUAGES})


def test_what_is_fitted_can_be_loaded_and_judges_as_it_was_taught(
    fewer: list[Row], bundle: Bundle, tmp_path: Path
) -> None:
    guard = foreign.guarded(bundle)
    note = foreign.fit(fewer, CHECKS, guard, tmp_path)
    judge = load_foreign(tmp_path)
    assert judge.note == note
    taught = [row for row in fewer if row.language == "ja" and row.kind != "mixed"]
    above = {label: [0, 0] for label in (HARMLESS, *range(len(ATTACKS)))}
    for row in taught:
        scores = dict(zip(ATTACKS, guard.scores(row.text), strict=True))
        judged = judge.judge(row.text, scores)
        assert judged is not None
        pairs = zip(ATTACKS, guard.refused, strict=True)
        refused = [judged[label] > bound for label, (bound, _) in pairs]
        above[row.label][0] += any(refused) if row.label == HARMLESS else refused[row.label]
        above[row.label][1] += 1
    shares = {label: hits / count for label, (hits, count) in above.items()}
    assert shares[HARMLESS] < 0.1
    assert min(shares[label] for label in range(len(ATTACKS))) > 0.5


def test_the_file_says_how_it_was_made_and_what_was_measured(
    fewer: list[Row], bundle: Bundle, tmp_path: Path
) -> None:
    foreign.fit(fewer, CHECKS, foreign.guarded(bundle), tmp_path)
    told = json.loads((tmp_path / NOTE_FILE).read_text())["training"]
    assert told["languages"] == ["de", "ja"]
    assert told["command"] == foreign.COMMAND
    for label in ATTACKS:
        assert set(told[label]["recall by language"]) == {"de", "ja"}
        assert 0 < told[label]["texts left out"]["recall"] <= 1
    assert set(told["language left out"]) == {"de"}
    assert told["harmless captions refused"].keys() == set(ATTACKS)


def test_thresholds_come_from_the_bundle(bundle: Bundle) -> None:
    bounds, shares = zip(*foreign.guarded(bundle).refused, strict=True)
    assert shares == (0.02, 0.01, 0.02)
    assert all(0 < bound < 1 for bound in bounds)
