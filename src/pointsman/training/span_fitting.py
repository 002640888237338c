"""Fits the tagger's temperature and the least probability of a span that is reported."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from pointsman.encoder.bundle import SpansHead, load_bundle
from pointsman.encoder.encoding import Asked, TextSpan
from pointsman.encoder.onnx import OnnxEncoder, log_odds
from pointsman.statistics import calibrate
from pointsman.training.examples import Example
from pointsman.training.inputs import tags_of
from pointsman.training.weights import TAGGER, TAGS

GRID = tuple(round(0.05 * step, 2) for step in range(2, 20))
FALSE_ALARMS = 0.01
"""Of texts without personal data, the most that may get a span, where some `least` allows it."""
PARTLY_MARKED = "wnut17"
"""A source that leaves some persons and places unmarked: its texts without a mark prove nothing."""


def fit_spans(bundle: Path, examples: Sequence[Example]) -> SpansHead:
    """The tagger's head, fitted.

    Its temperature has the smallest log loss over word pieces, its weight and offset the smallest
    over spans found; its `least` the best F1 of exact typed spans among those that keep to
    `FALSE_ALARMS`.
    """
    encoder = OnnxEncoder(load_bundle(bundle), first_tier=False)
    plain = SpansHead(TAGGER.name, TAGGER.name, TAGS)
    heated = msgspec.structs.replace(plain, temperature=_temperature(encoder, examples))
    heated = _calibrated(heated, _found(encoder, heated, examples), examples)
    found = _found(encoder, heated, examples)
    scored = [(*_scored(found, examples, least), least) for least in GRID]
    quiet = [row for row in scored if row[1] <= FALSE_ALARMS] or scored
    least = max(quiet, key=lambda row: (row[0], -row[2]))[2]
    return msgspec.structs.replace(heated, least=least)


def _calibrated(
    head: SpansHead, found: Sequence[tuple[TextSpan, ...]], examples: Sequence[Example]
) -> SpansHead:
    """The head with spans' probabilities scaled to how often they are right, if there are any."""
    pairs = [
        (log_odds(span.p), (span.start, span.end, span.type) in (example.spans or ()))
        for spans, example in zip(found, examples, strict=True)
        for span in spans
    ]
    if not pairs:
        return head
    odds, right = (np.array(column) for column in zip(*pairs, strict=True))
    weight, offset = calibrate.fit_sigmoid([odds], right)
    return msgspec.structs.replace(head, weight=weight, offset=offset)


def _found(
    encoder: OnnxEncoder, head: SpansHead, examples: Sequence[Example]
) -> list[tuple[TextSpan, ...]]:
    encoder.set_head(head)
    asked = Asked(whole=frozenset({TAGGER.name}))
    return [encoder.encode(e.question, asked).spans[TAGGER.name] for e in examples]


def _temperature(encoder: OnnxEncoder, examples: Sequence[Example]) -> float:
    logits, labels = [], []
    for example in examples:
        stretch = encoder.pieces.judged(example.question)
        if stretch.cut:
            continue
        (output,) = encoder.run(stretch.ids, [TAGGER.name])
        logits.append(output[0, 1:-1])
        labels.append(tags_of(stretch.offsets(), example.spans or ()))
    return calibrate.fit_temperature(np.concatenate(logits), np.concatenate(labels).astype(np.intp))


def _scored(
    found: Sequence[tuple[TextSpan, ...]], examples: Sequence[Example], least: float
) -> tuple[float, float]:
    """F1 of exact typed spans, and the share of texts without any that got one."""
    hits = said = true = alarms = clean = 0
    for spans, example in zip(found, examples, strict=True):
        gold = set(example.spans or ())
        kept = {(span.start, span.end, span.type) for span in spans if span.p >= least}
        hits, said, true = hits + len(kept & gold), said + len(kept), true + len(gold)
        empty = not gold and not example.source.startswith(PARTLY_MARKED)
        clean += empty
        alarms += empty and bool(kept)
    return 2 * hits / max(1, said + true), alarms / max(1, clean)
