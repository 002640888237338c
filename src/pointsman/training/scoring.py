"""Scores a bundle on the `report` side."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from pointsman.encoder.bundle import MeasureHead, ScoresHead, load_bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.statistics import calibrate
from pointsman.statistics.calibrate import Floats, Indices
from pointsman.statistics.category import category_table
from pointsman.statistics.halves import share_of
from pointsman.training import evaluate, manifest
from pointsman.training.baselines import fit_linear
from pointsman.training.corpus import Corpus
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.manifest import Described
from pointsman.training.outcomes import MODE_SOURCE
from pointsman.training.prompts import PROMPTS
from pointsman.training.readings import Readings, read_texts
from pointsman.training.results import (
    CalibrationResult,
    DomainResult,
    GainResult,
    PromptResult,
    QuantisedResult,
    Results,
    SimilarityResult,
    TokensResult,
)
from pointsman.training.shelf import Shelf
from pointsman.training.tier_table import STARTS
from pointsman.training.weights import DOMAINS

FROZEN_ROWS = 6000
"""Training rows for the linear model on frozen embeddings; reading all would take minutes."""


class Bundles(msgspec.Struct, frozen=True):
    """Folders of the int8 bundle, its fp32 twin, and the published weights with blank heads."""

    shipped: Path
    full: Path
    published: Path


class _DomainScores(msgspec.Struct, frozen=True):
    by_source: dict[str, DomainResult]
    calibration: CalibrationResult
    quantised: QuantisedResult


def results_of(bundles: Bundles, corpus: Corpus, fitted: Described, data: Path) -> Results:
    """All numbers of the run, measured on the shipped graph."""
    report = tuple(example for example in corpus.on("report") if example.outcome != NO_LABEL)
    readings = read_texts(bundles.shipped, [example.full_text() for example in report])
    domain = _domain_scores(bundles, corpus, fitted)
    described = manifest.read(bundles.shipped)
    mode = [row for row, example in enumerate(report) if example.source == MODE_SOURCE]
    mode_readings = readings.rows(mode)
    mode_report = [report[row] for row in mode]
    return Results(
        command=described.training.command,
        version=described.version,
        minutes=described.training.minutes,
        rows=dict(described.training.rows),
        bytes={name: (bundles.shipped / name).stat().st_size for name in manifest.FILES},
        domain=domain.by_source,
        calibration={
            "domain": domain.calibration,
            "outcome, mode pair": evaluate.calibration_result(
                mode_readings.outcome,
                blended(fitted, "outcome", mode_readings),
                _outcomes(mode_report),
            ),
        },
        gain=_gains(corpus, report, readings, fitted),
        tokens=_tokens(corpus, mode_report, mode_readings, fitted),
        quantised=domain.quantised,
        similarity=_similarity(bundles, data),
        prompts=_prompts(bundles.shipped),
    )


def blended(fitted: Described, name: str, read: Readings) -> Floats:
    """A head's logits of encoder and first tier, in the proportion that was fitted."""
    (head,) = (h for h in fitted.heads if isinstance(h, ScoresHead) and h.name == name)
    own = getattr(read, name).astype(np.float64)
    other = read.tier[:, STARTS[name] : STARTS[name] + len(head.labels)]
    return np.asarray(own * head.encoder_weight + other * head.tier_weight)


def _domain_scores(bundles: Bundles, corpus: Corpus, fitted: Described) -> _DomainScores:
    report = _with_domain(corpus.on("report"))
    texts, labels = [example.text() for example in report], _domains(report)
    int8, fp32 = (read_texts(bundle, texts) for bundle in (bundles.shipped, bundles.full))
    frozen = _frozen(bundles.published, corpus, texts)
    logits = blended(fitted, "domain", int8)
    predicted = logits.argmax(axis=1)
    majority = int(np.argmax(np.bincount(_domains(_with_domain(corpus.on("train"))))))
    sources = np.array([example.source.split(":")[0] for example in report])
    results = {"all": evaluate.domain_result(predicted, labels, majority, frozen)}
    for source in sorted(set(sources.tolist())):
        rows = np.flatnonzero(sources == source)
        results[source] = evaluate.domain_result(
            predicted[rows], labels[rows], majority, frozen[rows]
        )
    return _DomainScores(
        by_source=results,
        calibration=evaluate.calibration_result(int8.domain, logits, labels),
        quantised=evaluate.quantised_result(int8, fp32, labels),
    )


def _frozen(published: Path, corpus: Corpus, texts: Sequence[str]) -> Indices:
    """The labels that a linear model on the published embedding gives to the texts."""
    train = sorted(
        _with_domain(corpus.on("train")), key=lambda example: share_of(example.stem, "frozen")
    )[:FROZEN_ROWS]
    choose = _with_domain(corpus.on("choose"))
    seen, chosen, asked = (
        read_texts(published, part).embedding
        for part in ([e.text() for e in train], [e.text() for e in choose], texts)
    )
    model = fit_linear((seen, _domains(train)), (chosen, _domains(choose)), len(DOMAINS))
    return np.asarray(model.chances(asked).argmax(axis=1), dtype=np.intp)


def _gains(
    corpus: Corpus, report: Sequence[Example], readings: Readings, fitted: Described
) -> dict[str, GainResult]:
    """For each pair: the outcome head against random, length and tables per category."""
    chances = calibrate.probabilities(blended(fitted, "outcome", readings))
    own_domains = blended(fitted, "domain", readings).argmax(axis=1)
    sources = np.array([example.source for example in report])
    results: dict[str, GainResult] = {}
    for source in sorted(set(sources.tolist())):
        rows = np.flatnonzero(sources == source)
        asked = [report[row] for row in rows.tolist()]
        scores: dict[str, Floats] = {
            "random": np.zeros(len(rows)),
            "length": np.array([len(e.full_text()) for e in asked], dtype=np.float64),
        }
        if source == MODE_SOURCE:
            scores |= _table_scores(corpus, asked, own_domains[rows])
        results[source] = evaluate.gain_result(chances[rows], _outcomes(asked), scores)
    return results


def _table_scores(corpus: Corpus, asked: Sequence[Example], own: Indices) -> dict[str, Floats]:
    """The mean gain of the category in training, by the true category and by the domain head."""
    train = _of_pair(corpus.on("train"), MODE_SOURCE)
    table = category_table(_categories(train), evaluate.recorded_gain(train), len(DOMAINS))
    return {
        "category table, true category": table[_categories(asked)],
        "category table, own domain head": table[own],
    }


def _tokens(
    corpus: Corpus, report: Sequence[Example], readings: Readings, fitted: Described
) -> TokensResult:
    (head,) = (head for head in fitted.heads if isinstance(head, MeasureHead))
    raw = readings.log_tokens.astype(np.float64)
    return evaluate.tokens_result(
        np.minimum(raw, head.offset + head.slope * raw),
        head.smear,
        report,
        _of_pair(corpus.on("train"), MODE_SOURCE),
    )


def _similarity(bundles: Bundles, data: Path) -> SimilarityResult:
    pairs = [
        row for row in Shelf(data).rows("cache/dev") if row["kind"] == "sts" and row["lang"] == "en"
    ]
    texts = [row[side] for side in ("a", "b") for row in pairs]
    cosines: list[Floats] = []
    for bundle in (bundles.shipped, bundles.published):
        vectors = read_texts(bundle, texts).embedding
        products = vectors[: len(pairs)] * vectors[len(pairs) :]
        cosines.append(products.sum(axis=1).astype(np.float64))
    scores = np.array([row["score"] for row in pairs], dtype=np.float64)
    return evaluate.similarity_result(cosines[0], cosines[1], scores)


def _prompts(bundle: Path) -> tuple[PromptResult, ...]:
    encoder = OnnxEncoder(load_bundle(bundle))
    results: list[PromptResult] = []
    for text in PROMPTS:
        encoding = encoder.encode(text, encoder.everything())
        domain, domain_p = max(encoding.scores["domain"].items(), key=lambda item: item[1])
        gain = encoding.scores["outcome"]["heavy_only"]
        tokens = encoding.measures["extra_tokens"]
        results.append(PromptResult(text, domain, domain_p, gain, tokens))
    return tuple(results)


def _with_domain(examples: Sequence[Example]) -> list[Example]:
    return [example for example in examples if example.domain != NO_LABEL]


def _of_pair(examples: Sequence[Example], source: str) -> list[Example]:
    return [example for example in examples if example.source == source]


def _domains(examples: Sequence[Example]) -> Indices:
    return np.array([example.domain for example in examples], dtype=np.intp)


def _outcomes(examples: Sequence[Example]) -> Indices:
    return np.array([example.outcome for example in examples], dtype=np.intp)


def _categories(examples: Sequence[Example]) -> Indices:
    return np.array([example.category for example in examples], dtype=np.intp)
