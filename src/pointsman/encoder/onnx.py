"""ONNX Runtime behind the Encoder protocol."""

from typing import Any, assert_never

import msgspec
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from pointsman.encoder.bundle import (
    Bundle,
    FlagsHead,
    Head,
    MeasureHead,
    ScoresHead,
    SpansHead,
)
from pointsman.encoder.encoding import EMBEDDING, NO_VECTOR, Asked, Encoding, Heads, TextSpan
from pointsman.encoder.first_tier import FirstTier
from pointsman.encoder.merge import merged
from pointsman.encoder.pieces import PieceReader, Pieces
from pointsman.encoder.processor import clips_int8
from pointsman.encoder.tagging import span_types, spans_of
from pointsman.errors import BundleError

Floats = NDArray[np.float32]


class OnnxEncoder:
    """Runs a bundle's graph; one session shared by all threads (ONNX Runtime releases the GIL).

    Of a text longer than the bundle's `max_tokens`, the heads that judge it are given the first
    and the last half: the task is stated at either end of a long prompt, hardly ever in its
    middle. Heads that must see everything get overlapping windows.

    Args:
        bundle: A checked bundle.
        intra_threads: Threads within one pass. 1 gives the best throughput; more halve the latency
            of an idle machine.
        first_tier: Whether the bundle's first tier may answer alone where it is certain.
        exact: Whether to take the exact int8 product; by default where the quick one overflows.

    Raises:
        BundleError: ONNX Runtime or the tokenizer cannot read the bundle's files.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        intra_threads: int = 1,
        first_tier: bool = True,
        exact: bool | None = None,
    ) -> None:
        self.bundle = bundle
        manifest = bundle.manifest
        options = ort.SessionOptions()
        options.intra_op_num_threads = intra_threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if clips_int8() if exact is None else exact:
            # Where the quick int8 product overflows now and then, this takes the exact one, so that
            # every processor gives the same scores (docs/decisions/0008).
            options.add_session_config_entry("session.x64quantprecision", "1")
        # Heads that nobody asks for are not computed.
        self._run_options = ort.RunOptions()
        self._run_options.only_execute_path_to_fetches = True
        try:
            self._session = ort.InferenceSession(
                str(bundle.file(manifest.graph)),
                options,
                providers=["CPUExecutionProvider"],
                # It would put a slower operator back, see training/graph.py.
                disabled_optimizers=["SkipLayerNormFusion"],
            )
            self.pieces = PieceReader(bundle.file(manifest.tokenizer), manifest.max_tokens)
            note = manifest.first_tier
            self._tier = FirstTier(note, bundle.file(note.file)) if note else None
        # Both libraries raise bare Exception subclasses of their own for unreadable files.
        except Exception as error:
            raise BundleError(f"encoder bundle {bundle.path} cannot be loaded: {error}") from error
        self._heads = {head.name: head for head in manifest.heads}
        self._may_answer_alone = first_tier
        self._check_outputs()

    def _check_outputs(self) -> None:
        manifest = self.bundle.manifest
        widths = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        named = {head.output for head in manifest.heads} | {manifest.embedding.output}
        if missing := sorted(named - set(widths)):
            raise BundleError(
                f"encoder bundle {self.bundle.path}: the graph lacks the outputs "
                f"{', '.join(missing)} that manifest.json names"
            )
        for head in manifest.heads:
            expected = 1 if isinstance(head, MeasureHead) else len(head.labels)
            if widths[head.output] != expected:
                raise BundleError(
                    f"encoder bundle {self.bundle.path}: the graph's output {head.output} has "
                    f"{widths[head.output]} values, manifest.json speaks of {expected}"
                )

    def everything(self, max_windows: int = 64) -> Asked:
        """All that the bundle can tell: what is judged, and what must see the whole text."""
        whole = {h.name for h in self._heads.values() if isinstance(h, FlagsHead | SpansHead)}
        judged = set(self._heads) - whole | {EMBEDDING}
        return Asked(frozenset(judged), frozenset(whole), max_windows)

    def encode(self, text: str, asked: Asked) -> Encoding:
        """Read one text: one pass if it fits into one, whatever the number of heads."""
        judged = self.pieces.judged(text)
        if not judged.cut:
            return self._read(judged, asked.judged | asked.whole)
        readings = [self._read(judged, asked.judged)] if asked.judged else []
        unread = 0
        if asked.whole:
            stretches, unread = self.pieces.windows(text, asked.max_windows)
            readings += [self._read(stretch, asked.whole) for stretch in stretches]
        return merged(readings, truncated=bool(asked.judged), unread=unread)

    def run(self, pieces: NDArray[np.int32], outputs: list[str]) -> list[Any]:
        """Run the graph on word pieces (1, tokens) for some of its outputs, raw."""
        feed = {"input_ids": pieces, "attention_mask": np.ones_like(pieces)}
        return self._session.run(outputs, feed, self._run_options)  # type: ignore[no-any-return]  # untyped

    def set_head(self, head: Head) -> None:
        """Put another calibration in a head's place, for the workbench."""
        self._heads[head.name] = head

    def _read(self, stretch: Pieces, heads: Heads) -> Encoding:
        tier = None if self._tier is None else self._tier.logits(stretch.ids[0, 1:-1])
        if self._tier is not None and tier is not None and self._may_answer_alone:
            certain = self._tier.certain(tier, heads)
            if certain is not None:
                return Encoding(
                    certain.scores,
                    certain.measures,
                    NO_VECTOR,
                    stretch.count,
                    stretch.cut,
                    tier="first",
                    passes=0,
                )
        return self._pass(stretch, heads, tier)

    def _pass(self, stretch: Pieces, heads: Heads, tier: Floats | None) -> Encoding:
        wanted = [self._heads[name] for name in self._heads if name in heads]
        outputs = [head.output for head in wanted]
        if EMBEDDING in heads:
            outputs.append(self.bundle.manifest.embedding.output)
        found = self.run(stretch.ids, outputs) if outputs else []
        scores: dict[str, dict[str, float]] = {}
        measures: dict[str, float] = {}
        spans: dict[str, tuple[TextSpan, ...]] = {}
        for head, output in zip(wanted, found, strict=False):
            match head:
                case ScoresHead() | FlagsHead():
                    scores[head.name] = probabilities(head, output[0], self._column(head, tier))
                case MeasureHead():
                    measures[head.name] = measure_value(head, float(output[0, 0]))
                case SpansHead():
                    spans[head.name] = _spans(head, output[0], stretch)
                case _:
                    assert_never(head)
        vector = found[-1][0] if EMBEDDING in heads else NO_VECTOR
        passes = 1 if outputs else 0
        return Encoding(scores, measures, vector, stretch.count, stretch.cut, spans, passes=passes)

    def _column(self, head: Head, tier: Floats | None) -> Floats | None:
        return None if self._tier is None or tier is None else self._tier.columns(head.name, tier)


def probabilities(
    head: ScoresHead | FlagsHead, logits: Floats, tier: Floats | None
) -> dict[str, float]:
    """A head's calibrated probabilities from the encoder's logits and the first tier's."""
    own = logits.astype(np.float64)
    other = np.zeros_like(own) if tier is None else tier.astype(np.float64)
    if isinstance(head, ScoresHead):
        blended = own * head.encoder_weight + other * head.tier_weight
        powers = np.exp(blended - np.max(blended))
        chances = powers / powers.sum()
    else:
        blended = own * np.array(head.encoder_weights) + other * np.array(head.tier_weights)
        # The sigmoid; overflows for no number.
        chances = np.exp(-np.logaddexp(0.0, -(blended + np.array(head.offsets))))
    return dict(zip(head.labels, chances.tolist(), strict=True))


def measure_value(head: MeasureHead, output: float) -> float:
    """A regression head's value in its unit."""
    # 14 is about a million tokens: a bound, so that no input overflows the exponential.
    line = min(output, output * head.slope + head.offset)
    value = float(np.expm1(min(line, 14.0))) if head.scale == "log1p" else line
    return max(0.0, value * head.smear)


def _spans(head: SpansHead, logits: Floats, stretch: Pieces) -> tuple[TextSpan, ...]:
    scaled = logits[1:-1] / np.float32(head.temperature)
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    chances = powers / powers.sum(axis=1, keepdims=True)
    found = spans_of(chances, stretch.offsets(), stretch.words(), span_types(head.labels))
    said = (msgspec.structs.replace(span, p=span_chance(head, span.p)) for span in found)
    return tuple(span for span in said if span.p >= head.least)


def span_chance(head: SpansHead, p: float) -> float:
    """The probability that a span is right, from the mean probability of its words."""
    return float(1 / (1 + np.exp(-(head.weight * log_odds(p) + head.offset))))


def log_odds(p: float) -> float:
    """log(p / (1 - p)), of probabilities a millionth away from certainty at most."""
    inside = min(max(p, 1e-6), 1 - 1e-6)
    return float(np.log(inside / (1 - inside)))
