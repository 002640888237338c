"""Answers for personal data: what was found, and the text without it."""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET, UnsetType

from pointsman.catalog.sight import LEAST_P, REST, PiiRule
from pointsman.exchange.hiding import hide
from pointsman.gateway.classification.bodies import Options
from pointsman.gateway.classification.found import COVERAGE, Advice, Found, known_of
from pointsman.policy.guard import PII, Watch
from pointsman.signals.findings import Span, Spans
from pointsman.wire.chat import ChatRequest
from pointsman.wire.prompt import TextPart, read_prompt
from pointsman.wire.strings import REQUEST

PERSONAL = frozenset({PII, COVERAGE})
"""The signals that an answer is made of."""


class Entity(msgspec.Struct, frozen=True):
    """A piece of personal data; positions are code points of its text, end exclusive.

    Attributes:
        message: Where messages were asked about, the index of its message; -1 for what stands in
            the request's own fields.
        part: The same for the content part, where its message has several. What stands beside the
            content, as in a call of a tool, has no position.
    """

    type: str
    confidence: float
    value: str | UnsetType = UNSET
    message: int | UnsetType = UNSET
    part: int | UnsetType = UNSET
    start_position: int | UnsetType = UNSET
    end_position: int | UnsetType = UNSET
    masked_value: str | UnsetType = UNSET


class PiiAnswer(msgspec.Struct, frozen=True):
    """Personal data in a request.

    Attributes:
        masked_text: The text with placeholders, where a text was asked about.
        masked_messages: The messages with placeholders, where messages were.
        security_recommendation: What the gateway would do with the request, for whatever reason.
        guard: As in `SecurityAnswer`, and so are `reasons` and `unread_characters`.
    """

    has_pii: bool
    entities: tuple[Entity, ...]
    security_recommendation: Advice
    guard: str
    reasons: tuple[str, ...]
    unread_characters: int
    processing_time_ms: float
    masked_text: str | UnsetType = UNSET
    masked_messages: msgspec.Raw | UnsetType = UNSET


def pii_of(found: Found, options: Options, ms: float, *, bare: bool) -> PiiAnswer:
    """Answer for personal data.

    Args:
        found: What was measured.
        options: What the client chooses.
        ms: How long it took, in milliseconds.
        bare: Whether a text was asked about, not messages.

    Raises:
        RequestError: An option names what is not there.
        ServiceError: The bundle finds no personal data.
    """
    finding = found.finding(PII)
    spans = finding.spans if isinstance(finding, Spans) else ()
    least = LEAST_P if options.confidence_threshold is None else options.confidence_threshold
    types = known_of(options.entity_types, sorted(found.words[PII]), "entity_types")
    spans = tuple(span for span in spans if span.type in types and span.p > least)
    masked, names = _masked(found, spans, least) if options.mask_entities else (b"", {})
    messages = msgspec.json.decode(masked, type=_Messages).messages if masked else None
    return PiiAnswer(
        has_pii=bool(spans),
        entities=tuple(_entities(found, spans, options, names, bare=bare)),
        security_recommendation=found.advice,
        guard=found.verdict.word,
        reasons=found.verdict.reasons,
        unread_characters=found.unread,
        processing_time_ms=ms,
        masked_text=_only_text(messages) if bare and messages is not None else UNSET,
        masked_messages=messages if messages is not None and not bare else UNSET,
    )


class _Messages(msgspec.Struct):
    messages: msgspec.Raw


class _Said(msgspec.Struct):
    content: str


def _only_text(messages: msgspec.Raw) -> str:
    return msgspec.json.decode(messages, type=tuple[_Said])[0].content


def _masked(
    found: Found, spans: tuple[Span, ...], least: float
) -> tuple[bytes, dict[tuple[str, str], str]]:
    """Return the request with placeholders, and the placeholder of each (type, value).

    It is what the gateway would send to a model for which all that was reported is masked.
    """
    types = {span.type for span in spans}
    table = {type_: PiiRule("mask_and_restore", above=least) for type_ in types}
    watch = Watch(over=({**table, REST: PiiRule("allow")},), sees_pii=True)
    hidden = hide(
        found.request, found.signals, watch, found.model, key=found.key, scope=found.scope
    )
    body = found.request.body if hidden.body is None else hidden.body
    names = {
        (name.strip("<>").rpartition("_")[0], value): name
        for name, value in hidden.restores.items()
    }
    return body, names


def _entities(
    found: Found,
    spans: tuple[Span, ...],
    options: Options,
    names: dict[tuple[str, str], str],
    *,
    bare: bool,
) -> Iterator[Entity]:
    parts = read_prompt(found.request).parts
    for span in spans:
        part = parts[span.part]
        value = part.text[span.start : span.end]
        placed = options.return_positions and _in_content(part, found.request)
        yield Entity(
            type=span.type,
            confidence=span.p,
            value=value if options.reveal_entity_text else UNSET,
            message=UNSET if bare else part.message,
            part=UNSET if bare or part.part is None else part.part,
            start_position=span.start if placed else UNSET,
            end_position=span.end if placed else UNSET,
            masked_value=names.get((span.type, value.strip()), UNSET),
        )


def _in_content(part: TextPart, request: ChatRequest) -> bool:
    if part.part is not None or part.message == REQUEST:
        return part.part is not None
    return request.messages[part.message].content == part.text
