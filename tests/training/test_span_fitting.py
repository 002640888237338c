from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pointsman.encoder.bundle import SpansHead, load_bundle
from pointsman.encoder.encoding import NO_VECTOR, Asked, Encoding, TextSpan
from pointsman.encoder.onnx import OnnxEncoder, span_chance
from pointsman.statistics.calibrate import COLDEST, HOTTEST
from pointsman.training import span_fitting
from pointsman.training.examples import Example, Span
from pointsman.training.manifest import MAX_TOKENS
from pointsman.training.span_fitting import GRID, fit_spans
from pointsman.training.weights import TAGS


def example(text: str, *spans: Span) -> Example:
    return Example(text, (), "s", "choose", spans=spans)


def found(*spans: tuple[int, int, float]) -> tuple[TextSpan, ...]:
    return tuple(TextSpan("PERSON", start, end, p) for start, end, p in spans)


EXAMPLES = [example("call ann now", (5, 8, "PERSON")), example("call no one"), example("ok")]


@pytest.mark.parametrize(
    ("least", "f1", "alarms"),
    [
        (0.0, 2 / 4, 0.5),  # one hit among three said and one true
        (0.5, 2 / 3, 0.5),
        (0.8, 1.0, 0.0),
        (0.95, 0.0, 0.0),
    ],
)
def test_spans_are_scored_exactly_and_alarms_counted_on_texts_without_any(
    least: float, f1: float, alarms: float
) -> None:
    said = [found((5, 8, 0.9), (0, 4, 0.4)), found((5, 7, 0.6)), ()]
    assert span_fitting._scored(said, EXAMPLES, least) == pytest.approx((f1, alarms))


def test_a_span_of_another_type_or_border_is_no_hit() -> None:
    other = (TextSpan("GPE", 5, 8, 0.9), TextSpan("PERSON", 5, 9, 0.9))
    assert span_fitting._scored([other], EXAMPLES[:1], 0.0)[0] == 0.0


class Reader(OnnxEncoder):
    """Says of each text what it is told to, whatever the graph says."""

    said: dict[str, tuple[TextSpan, ...]]
    sure: float
    heads: list[SpansHead]
    lengths: list[int]

    def encode(self, text: str, asked: Asked) -> Encoding:
        assert asked == Asked(whole=frozenset({"pii"}))
        spans = {"pii": self.said[text]}
        return Encoding({}, {}, NO_VECTOR, 1, truncated=False, spans=spans)

    def run(self, pieces: NDArray[np.int32], outputs: list[str]) -> list[Any]:
        """Outside, and this sure of it."""
        assert outputs == ["pii"]
        self.lengths.append(pieces.shape[1])
        logits = np.zeros((1, pieces.shape[1], len(TAGS)), np.float32)
        logits[:, :, 0] = self.sure
        return [logits]

    def set_head(self, head: Any) -> None:
        self.heads.append(head)


@pytest.fixture
def fit(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Fit the tagger's head on what a reader says of some texts."""

    def fitted(
        examples: Sequence[Example], said: Sequence[tuple[TextSpan, ...]], sure: float = 5.0
    ) -> SpansHead:
        reader = Reader(load_bundle(tiny_bundle), first_tier=False)
        reader.sure, reader.heads, reader.lengths = sure, [], []
        texts = [each.question for each in examples]
        reader.said = dict(zip(texts, said, strict=True))
        monkeypatch.setattr(span_fitting, "OnnxEncoder", lambda *_, **__: reader)
        head = fit_spans(tiny_bundle, examples)
        # The spans were read with the temperature that the head is given.
        assert {each.temperature for each in reader.heads} == {head.temperature}
        # A text that one pass does not hold tells nothing of where its pieces stand.
        assert max(reader.lengths) < MAX_TOKENS
        return head

    return fitted


def test_least_is_the_lowest_of_those_with_the_best_f1(fit: Any) -> None:
    said = [found((5, 8, 0.9), (0, 4, 0.42)), (), ()]
    assert fit(EXAMPLES, said).least == min(least for least in GRID if least > 0.42)


def test_spans_that_are_wrong_half_of_the_time_are_given_half_a_chance(fit: Any) -> None:
    names = [example(f"{at} ann", (2, 5, "PERSON")) for at in range(40)]
    said = [found((2, 5, 0.9)) if at % 2 else found((1, 5, 0.9)) for at in range(40)]
    assert span_chance(fit(names, said), 0.9) == pytest.approx(0.5, abs=0.01)


def test_texts_of_a_source_that_is_partly_marked_raise_no_alarm() -> None:
    partly = Example("call no one", (), "wnut17:", "choose", spans=())
    said = [found((5, 7, 0.9))]
    assert span_fitting._scored(said, [partly], 0.5)[1] == 0.0
    assert span_fitting._scored(said, EXAMPLES[1:2], 0.5)[1] == 1.0


def test_false_alarms_are_kept_down_even_at_the_price_of_spans(fit: Any) -> None:
    clean = [example(f"text {at}") for at in range(20)]
    names = [example(f"{at} ann", (2, 5, "PERSON")) for at in range(9)]
    said = [found((2, 5, 0.6))] * len(names) + [found((0, 4, 0.7))] + [()] * 19
    head = fit([*names, *clean], said)
    assert head.least > 0.7


def test_where_no_least_keeps_the_alarms_down_the_best_f1_decides(fit: Any) -> None:
    said = [found((5, 8, 0.97)), found((5, 7, 0.99)), ()]
    assert fit(EXAMPLES, said).least == GRID[0]


def test_the_temperature_makes_a_tagger_less_sure_that_is_wrong_often(fit: Any) -> None:
    """Of 10 pieces, 8 are outside: the probability of that should be 0.8."""
    text = example("abcdefghij", (0, 2, "PERSON"))
    head = fit([text], [()], sure=9.0)
    others = len(TAGS) - 1
    said = np.exp(9.0 / head.temperature) / (np.exp(9.0 / head.temperature) + others)
    assert said == pytest.approx(0.8, abs=0.01)


def test_texts_that_one_pass_does_not_hold_are_left_out_of_the_temperature(fit: Any) -> None:
    short, long = example("abcdefghij", (0, 2, "PERSON")), example("a b " * 300)
    one, both = fit([short], [()]), fit([long, short], [(), ()])
    assert one.temperature == both.temperature


def test_a_tagger_that_was_never_trained_is_fitted_all_the_same(tiny_bundle: Path) -> None:
    head = fit_spans(tiny_bundle, [example("call ann", (5, 8, "PERSON")), example("ok")])
    assert COLDEST < head.temperature < HOTTEST
    assert head.least in GRID
    assert head.labels == TAGS
