"""The numbers of one training run, as plain values that are written to results.json."""

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """A number with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


class DomainResult(msgspec.Struct, frozen=True):
    """The domain head on some questions."""

    rows: int
    accuracy: Measured
    macro_f1: Measured
    majority_accuracy: float
    frozen_accuracy: Measured | None


class CalibrationResult(msgspec.Struct, frozen=True):
    """A classification head as it was trained, and blended with the first tier and scaled."""

    rows: int
    error_before: float
    error_after: float
    log_loss_before: float
    log_loss_after: float


class GainResult(msgspec.Struct, frozen=True):
    """How well gain is foreseen on one pair.

    Attributes:
        gain_auc: Of p(heavy_only) for that outcome.
        gain_error: Calibration error of p(heavy_only).
        apgr: By score.
        lead: The outcome head's APGR minus each other score's, over the same resamples.
    """

    rows: int
    light_accuracy: float
    heavy_accuracy: float
    gain_auc: Measured
    gain_error: float
    apgr: dict[str, Measured]
    lead: dict[str, Measured]


class TokensResult(msgspec.Struct, frozen=True):
    """The extra-token head on the mode pair: R squared on the log scale, error in word pieces."""

    rows: int
    smear: float
    mean_tokens: float
    log_r2: dict[str, Measured]
    mean_error: dict[str, Measured]


class QuantisedResult(msgspec.Struct, frozen=True):
    """The int8 graph against the fp32 graph of the same weights."""

    rows: int
    domain_agreement: float
    outcome_agreement: float
    embedding_cosine_mean: float
    embedding_cosine_min: float
    fp32_domain_accuracy: float
    int8_domain_accuracy: float


class SimilarityResult(msgspec.Struct, frozen=True):
    """Spearman of the embedding's cosine with human scores, English STS-B rows of `cache/dev`."""

    rows: int
    trained: Measured
    published: Measured


class PromptResult(msgspec.Struct, frozen=True):
    """What the bundle says about one invented request."""

    text: str
    domain: str
    domain_p: float
    p_gain: float
    extra_tokens: float


class Results(msgspec.Struct, frozen=True):
    """Everything one run reports; `domain` and `gain` by source."""

    command: str
    version: str
    minutes: float
    rows: dict[str, int]
    bytes: dict[str, int]
    domain: dict[str, DomainResult]
    calibration: dict[str, CalibrationResult]
    gain: dict[str, GainResult]
    tokens: TokensResult
    quantised: QuantisedResult
    similarity: SimilarityResult
    prompts: tuple[PromptResult, ...]
