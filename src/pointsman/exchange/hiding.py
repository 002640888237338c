"""What a model does not see of a request: its personal data, behind placeholders. Pure."""

import hashlib
import hmac
from collections.abc import Callable, Mapping

import msgspec

from pointsman.catalog.models import Model
from pointsman.catalog.sight import MASKS
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
    seen = [Seen(part.text, tuple(spans.get(number, ()))) for number, part in enumerate(parts)]
    done = mask(request.body, seen, frozenset(actions), tag=_tagger(key, scope))
    restores = {
        placeholder: value
        for placeholder, value in done.values.items()
        if actions[_type_of(placeholder)] == "mask_and_restore"
    }
    return Hidden(done.body, restores, done.counts)


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
