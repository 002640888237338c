"""Answers for attacks: what was measured, and what the gateway would do."""

import msgspec
from msgspec import UNSET, UnsetType

from pointsman.encoder.bundle import FlagsHead
from pointsman.encoder.ladder import threshold_for
from pointsman.errors import ConfigError, RequestError
from pointsman.gateway.classification.bodies import Options
from pointsman.gateway.classification.found import COVERAGE, Advice, Found, known_of
from pointsman.signals.attacks import ATTACKS, HEAD
from pointsman.signals.detector import value_of
from pointsman.signals.findings import Scores

ON_THE_MODEL = ("jailbreak", "injection")
"""Attacks on the model or through it; a plainly harmful request is scored apart."""
KEYWORDS = "keywords"
SECURITY = frozenset({*ATTACKS, KEYWORDS, COVERAGE})
"""The signals that an answer is made of."""

RATES = {"low": 0.001, "medium": 0.01, "high": 0.05}
"""The rate of false alarms that each word of `sensitivity` stands for."""


class SecurityAnswer(msgspec.Struct, frozen=True):
    """Attacks in a request.

    Attributes:
        is_jailbreak: Whether a jailbreak or an injection is among `detection_types`.
        risk_score: P(attack): the higher probability of jailbreak and injection.
        risk_type: Which of them it is.
        detection_types: Attacks above the thresholds that count here (see `_detected`).
        confidence: The probability that `is_jailbreak` is right.
        recommendation: What the gateway would do with the request, for whatever reason.
        guard: The guard's word: `off`, `pass`, `flag`, `send`, `reroute` or `refuse`.
        reasons: Why, such as `jailbreak` or `pii US_SSN`.
        scores: The probability of each attack.
        patterns_detected: The operator's word lists that the judged text matches.
        unread_characters: How much of the request was not read.
    """

    is_jailbreak: bool
    risk_score: float
    risk_type: str
    detection_types: tuple[str, ...]
    confidence: float
    recommendation: Advice
    guard: str
    reasons: tuple[str, ...]
    scores: dict[str, float]
    patterns_detected: tuple[str, ...]
    unread_characters: int
    processing_time_ms: float
    reasoning: str | UnsetType = UNSET


def security_of(found: Found, options: Options, ms: float) -> SecurityAnswer:
    """Answer for attacks.

    Raises:
        RequestError: An option names what is not there.
        ServiceError: The bundle measures no attacks.
    """
    scores = {name: value_of(found.finding(name), "p") for name in ATTACKS}
    detected = _detected(found, options, scores)
    kind = max(ON_THE_MODEL, key=lambda name: scores[name])
    attacked = any(name in ON_THE_MODEL for name in detected)
    words = found.finding(KEYWORDS)
    lists = words.scores if isinstance(words, Scores) else {}
    said = ", ".join(f"{name} {p:.3g}" for name, p in scores.items())
    told = "; ".join((*found.verdict.told, said))
    return SecurityAnswer(
        is_jailbreak=attacked,
        risk_score=scores[kind],
        risk_type=kind,
        detection_types=detected,
        confidence=scores[kind] if attacked else 1 - scores[kind],
        recommendation=found.advice,
        guard=found.verdict.word,
        reasons=found.verdict.reasons,
        scores=scores,
        patterns_detected=tuple(name for name, p in lists.items() if p > 0),
        unread_characters=found.unread,
        processing_time_ms=ms,
        reasoning=told if options.include_reasoning else UNSET,
    )


def _detected(found: Found, options: Options, scores: dict[str, float]) -> tuple[str, ...]:
    """Return the attacks above the client's threshold.

    Where it gives none: those above the bundle's own, and those that the guard acted on.
    """
    wanted = known_of(options.detection_types, ATTACKS, "detection_types")
    bounds, acted = _bounds_of(options, _head(found)), frozenset[str]()
    if bounds is None:
        bounds = {name: rung.above for name, rung in _head(found).thresholds.items()}
        acted = frozenset(found.verdict.reasons)
    return tuple(n for n in wanted if n in acted or scores[n] > bounds.get(n, 1.0))


def _bounds_of(options: Options, head: FlagsHead) -> dict[str, float] | None:
    if options.threshold is not None:
        return dict.fromkeys(ATTACKS, options.threshold)
    if options.sensitivity is None:
        return None
    rate = RATES[options.sensitivity]
    try:
        return {name: threshold_for(head, name, rate).above for name in ATTACKS}
    except ConfigError as error:
        raise RequestError(error.message, param="options.sensitivity") from error


def _head(found: Found) -> FlagsHead:
    heads = found.bundle.manifest.heads
    return next(head for head in heads if isinstance(head, FlagsHead) and head.name == HEAD)
