"""What a model does not see of a request: its personal data, behind placeholders. Pure."""

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from pointsman.catalog.models import Model
from pointsman.catalog.sight import MASKS
from pointsman.errors import RefusedError
from pointsman.policy.guard import PII, Watch, masked
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Spans
from pointsman.wire.chat import ChatRequest
from pointsman.wire.masking import Seen, mask
from pointsman.wire.prompt import read_prompt

_TAG_DIGITS = 8
"""Of a keyed placeholder: two of a thousand values of one request are alike once in 200 requests,
and then one of them takes the next number."""


class Hidden(msgspec.Struct, frozen=True):
    """What was hidden of one request for one model.

    Attributes:
        body: The request with placeholders; None where nothing was hidden.
        restores: Placeholder to value, of those that the client gets back.
        counts: How many values of each type were hidden.
    """

    body: bytes | None = None
    restores: Mapping[str, str] = {}
    counts: Mapping[str, int] = {}


NOTHING_HIDDEN = Hidden()


def hide(
    request: ChatRequest,
    signals: Signals,
    watch: Watch,
    model: Model,
    *,
    key: bytes | None = None,
    scope: str = "",
) -> Hidden:
    """Put placeholders in the place of what a model may not see.

    Args:
        request: The request.
        signals: What was measured of it.
        watch: What the operator says of it.
        model: Who would get it.
        key: Makes placeholders that are the same on every replica, whatever is left of the
            conversation; None numbers them in the order of the request.
        scope: Whose values are told apart from those of others by the key.

    Raises:
        RefusedError: Something stands where it cannot be replaced.
    """
    found = signals.get(PII)
    actions = masked(model, signals, watch) if watch.sees_pii else {}
    if not actions or not isinstance(found, Spans):
        return NOTHING_HIDDEN
    spans: dict[int, list[tuple[str, int, int]]] = {}
    for span in found.spans:
        if watch.action(span.type, span.p, model) in MASKS:
            spans.setdefault(span.part, []).append((span.type, span.start, span.end))
    parts = read_prompt(request).parts
    _check({type_ for number in spans if parts[number].encoded for type_, *_ in spans[number]})
    seen = [
        one
        for number, part in enumerate(parts)
        for one in _seen(part.text, tuple(spans.get(number, ())))
    ]
    done = mask(request.body, seen, frozenset(actions), tag=_tagger(key, scope))
    _check(done.missed)
    restores = {
        placeholder: value
        for placeholder, value in done.values.items()
        if actions[_type_of(placeholder)] == "mask_and_restore"
    }
    return Hidden(done.body, restores, done.counts)


def _check(missed: Collection[str]) -> None:
    """Make sure that nothing stays where it cannot be replaced: in a file, a key, a fixed word."""
    if missed:
        types = sorted(missed)
        raise RefusedError(
            f"this request holds {', '.join(types)} where it cannot be replaced, such as in an "
            "encoded file or in a key; send it as text",
            reasons=tuple(f"{PII} {type_}" for type_ in types),
            told=tuple(f"{type_} where it cannot be replaced" for type_ in types),
        )


def _seen(text: str, spans: tuple[tuple[str, int, int], ...]) -> Iterator[Seen]:
    """Yield a text with its spans; and its lines, which may stand apart in the request.

    The strings of a tool or of an unknown field are read as the lines of one text.
    """
    yield Seen(text, spans)
    start = 0
    for line in text.split("\n") if spans else ():
        end = start + len(line)
        inside = tuple((t, s - start, e - start) for t, s, e in spans if start <= s and e <= end)
        if inside and line != text:
            yield Seen(line, inside)
        start = end + 1


def _type_of(placeholder: str) -> str:
    return placeholder.strip("<>").rpartition("_")[0]


def _tagger(key: bytes | None, scope: str) -> Callable[[str, str], str] | None:
    if key is None:
        return None

    def tag(type_: str, value: str) -> str:
        said = f"{scope}\0{type_}\0{value}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(key, said, hashlib.sha256)
        return str(int.from_bytes(digest[:8]) % 10**_TAG_DIGITS)

    return tag
