"""Fitting on hand-made readings, where what should come out is known."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from pointsman.encoder.bundle import FlagsHead, load_bundle
from pointsman.encoder.onnx import OnnxEncoder, measure_value
from pointsman.errors import TooFewRowsError
from pointsman.training import fitting
from pointsman.training.corpus import read_corpus
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.manifest import Described
from pointsman.training.outcomes import MODE_SOURCE
from pointsman.training.readings import Readings
from pointsman.training.tier_table import OUTPUTS, STARTS
from pointsman.training.weights import ATTACKS, OUTCOMES

ROWS = 8000
Floats = NDArray[np.float32]


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(6)


def readings(tier: Floats, **columns: Floats) -> Readings:
    rows = len(tier)
    blank = {
        "domain": np.zeros((rows, 14), np.float32),
        "outcome": np.zeros((rows, 4), np.float32),
        "log_tokens": np.zeros(rows, np.float32),
        "attacks": np.zeros((rows, 3), np.float32),
        "embedding": np.zeros((rows, 2), np.float32),
    }
    return Readings(**{**blank, **columns}, tier=tier)


def tier_of(name: str, columns: Floats) -> Floats:
    """What the tier says: these columns at the head's place, nonsense elsewhere."""
    tier = np.full((len(columns), OUTPUTS), 9.0, np.float32)
    tier[:, STARTS[name] : STARTS[name] + columns.shape[1]] = columns
    return tier


def drawn(random: np.random.Generator, logits: Floats) -> NDArray[np.intp]:
    """Labels with the probabilities that the logits say."""
    noise = random.gumbel(size=logits.shape)
    return np.asarray((logits + noise).argmax(axis=1), dtype=np.intp)


@pytest.mark.parametrize(
    ("own_weight", "tier_weight"), [(1.0, 0.5), (0.4, 0.8), (0.7, 0.0), (0.0, 1.5)]
)
def test_readers_are_blended_in_the_proportion_that_made_the_labels(
    random: np.random.Generator, own_weight: float, tier_weight: float
) -> None:
    own, other = random.normal(0, 2, size=(2, ROWS, 4)).astype(np.float32)
    truth = drawn(random, own * own_weight + other * tier_weight)
    head = fitting._scores("outcome", OUTCOMES, own, tier_of("outcome", other), truth)
    assert (head.name, head.output, head.labels) == ("outcome", "outcome", OUTCOMES)
    assert head.encoder_weight == pytest.approx(own_weight, abs=0.05)
    assert head.tier_weight == pytest.approx(tier_weight, abs=0.05)


def test_a_reader_that_is_wrong_more_often_than_not_is_left_out(
    random: np.random.Generator,
) -> None:
    own, other = random.normal(0, 2, size=(2, ROWS, 4)).astype(np.float32)
    truth = drawn(random, own - other)
    head = fitting._scores("outcome", OUTCOMES, own, tier_of("outcome", other), truth)
    assert head.tier_weight == 0.0
    assert head.encoder_weight > 0


def test_the_tier_alone_is_made_less_sure_by_one_weight_for_all_labels(
    random: np.random.Generator,
) -> None:
    other = random.normal(0, 2, size=(ROWS, 4)).astype(np.float32)
    tier = tier_of("outcome", other)
    head = fitting._alone("outcome", OUTCOMES, tier, drawn(random, other * np.float32(0.6)))
    assert head.start == STARTS["outcome"]
    assert head.offsets == (0.0,) * 4
    assert head.weights == pytest.approx((0.6,) * 4, abs=0.05)


def paired(tokens: NDArray[np.float64]) -> list[Example]:
    return [
        Example("q", (), MODE_SOURCE, "choose", outcome=0, extra_tokens=float(count))
        for count in tokens
    ]


def test_tokens_are_served_with_the_line_and_the_mean_of_what_was_recorded(
    random: np.random.Generator,
) -> None:
    logs = random.uniform(2, 6, size=ROWS)
    tokens = np.expm1(logs + random.normal(0, 0.5, size=ROWS)).clip(min=0)
    # The head says half of the truth, and 1 too much; the tier a third.
    said = (logs / 2 + 1).astype(np.float32)
    tier = tier_of("extra_tokens", (logs / 3).astype(np.float32)[:, None])
    read = readings(tier, log_tokens=said)
    head = fitting._tokens(read, paired(tokens))
    assert (head.slope, head.offset) == pytest.approx((2.0, -2.0), abs=0.1)
    served = [measure_value(head, float(value)) for value in said]
    assert np.mean(served) == pytest.approx(tokens.mean(), rel=0.01)
    alone = fitting._tokens_alone(read, paired(tokens))
    assert (alone.kind, alone.start, alone.labels) == (
        "log1p",
        STARTS["extra_tokens"],
        ("extra_tokens",),
    )
    by_tier = np.expm1(logs / 3 * alone.weights[0] + alone.offsets[0])
    assert by_tier.mean() == pytest.approx(tokens.mean(), rel=0.02)


def guarded(random: np.random.Generator) -> tuple[Readings, list[Example]]:
    """Half harmless; jailbreaks are unknown as injections, and read as such by both readers."""
    labels = [(0, 0, 0)] * 2000 + [(1, -1, -1)] * 1000 + [(-1, 1, -1)] * 700 + [(0, 0, 1)] * 300
    examples = [Example("q", (), "x:benign_hard", "choose", attacks=attacks) for attacks in labels]
    truth = np.array(labels) == 1
    own = (truth * 4 - 2 + random.normal(0, 1.5, size=truth.shape)).astype(np.float32)
    other = (truth * 2 - 1 + random.normal(0, 1.5, size=truth.shape)).astype(np.float32)
    own[2000:3000, 1] = other[2000:3000, 1] = 50.0
    return readings(tier_of("attacks", other), attacks=own), examples


def test_each_attack_is_calibrated_on_the_rows_whose_label_is_known(
    random: np.random.Generator,
) -> None:
    read, examples = guarded(random)
    head = fitting._flags(read, examples)
    tier = read.tier[:, STARTS["attacks"] :]
    for at in range(len(ATTACKS)):
        labels = np.array([example.attacks[at] for example in examples])
        known = labels != NO_LABEL
        logits = (
            read.attacks[known, at] * head.encoder_weights[at]
            + tier[known, at] * head.tier_weights[at]
            + head.offsets[at]
        )
        chances = 1 / (1 + np.exp(-logits))
        assert chances.mean() == pytest.approx((labels[known] == 1).mean(), abs=0.01)
        assert head.encoder_weights[at] > head.tier_weights[at] > 0
    assert head.encoder_weights[1] == pytest.approx(head.encoder_weights[0], abs=0.3)


def test_where_look_alikes_need_it_the_threshold_is_that_of_look_alikes(
    random: np.random.Generator,
) -> None:
    read, examples = guarded(random)
    plain = fitting._flags(read, examples)
    # Now only the harmless texts that score highest are look-alikes.
    scores = read.attacks[:2000].max(axis=1)
    high = set(np.argsort(scores)[-300:].tolist())
    named = [
        msgspec.structs.replace(e, source="x:benign_hard" if at in high else "x:benign")
        for at, e in enumerate(examples)
    ]
    found = fitting._flags(read, named)
    for label in ATTACKS:
        threshold = found.thresholds[label]
        assert threshold.above >= plain.thresholds[label].above
    assert fitting.LOOK_ALIKE_REFUSALS in {t.target for t in found.thresholds.values()}


def test_each_threshold_lets_one_harmless_text_in_a_hundred_be_refused(
    random: np.random.Generator,
) -> None:
    read, examples = guarded(random)
    head = fitting._flags(read, examples)
    assert set(head.thresholds) == set(ATTACKS)
    for at, label in enumerate(ATTACKS):
        threshold = head.thresholds[label]
        assert (threshold.target, threshold.rows) == (fitting.FALSE_REFUSALS, 2000)
        tier = read.tier[:2000, STARTS["attacks"] + at]
        logits = (
            read.attacks[:2000, at] * head.encoder_weights[at]
            + tier * head.tier_weights[at]
            + head.offsets[at]
        )
        above = (1 / (1 + np.exp(-logits)) > threshold.above).sum()
        assert 19 <= above <= 20
        assert threshold.rate <= 0.01 < threshold.rate_max


def test_the_tier_alone_is_calibrated_for_each_attack(random: np.random.Generator) -> None:
    read, examples = guarded(random)
    head = fitting._flags_alone(read, examples)
    assert (head.kind, head.start, head.labels) == ("flags", STARTS["attacks"], ATTACKS)
    for at in range(len(ATTACKS)):
        labels = np.array([example.attacks[at] for example in examples])
        known = labels != NO_LABEL
        logits = read.tier[known, STARTS["attacks"] + at] * head.weights[at] + head.offsets[at]
        assert (1 / (1 + np.exp(-logits))).mean() == pytest.approx(
            (labels[known] == 1).mean(), abs=0.01
        )


def test_too_few_harmless_texts_are_told(random: np.random.Generator) -> None:
    read, examples = guarded(random)
    some = list(range(1900, 2200))
    with pytest.raises(TooFewRowsError, match="100 harmless texts cannot show"):
        fitting._flags(read.rows(some), [examples[at] for at in some])


def test_an_unfitted_bundle_serves_what_it_learned_and_the_tier_never_alone(
    tiny_bundle: Path,
) -> None:
    encoder = OnnxEncoder(load_bundle(tiny_bundle))
    encoding = encoder.encode("how many legs?", encoder.everything())
    assert set(encoding.scores) == {"domain", "outcome", "attacks"}
    assert encoding.tier == "encoder"
    raw = encoder.run(encoder.pieces.judged("how many legs?").ids, ["domain"])[0][0]
    powers = np.exp(raw - raw.max())
    assert list(encoding.scores["domain"].values()) == pytest.approx(powers / powers.sum())


def test_fitting_a_bundle_gives_every_head_and_a_tier_that_knows_all_but_the_spans(
    tiny_bundle: Path, data_folder: Path
) -> None:
    fitted = fitting.fit(tiny_bundle, read_corpus(data_folder))
    assert isinstance(fitted, Described)
    blank = fitting.unfitted()
    assert [type(head) for head in fitted.heads] == [
        type(head)
        for name in ("domain", "outcome", "extra_tokens", "attacks", "pii")
        for head in blank.heads
        if head.name == name
    ]
    assert fitted.first_tier is not None
    assert [head.head for head in fitted.first_tier.heads] == [
        "domain",
        "outcome",
        "extra_tokens",
        "attacks",
    ]
    (flags,) = (head for head in fitted.heads if isinstance(head, FlagsHead))
    assert flags.thresholds["injection"].rows > 299
