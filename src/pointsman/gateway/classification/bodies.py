"""What clients ask of the classification API: bodies as they come in, checked.

Paths and field names are those of the vLLM Semantic Router's classification API, so that its
clients work unchanged; unknown fields are passed over, as they are there.
"""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import msgspec

from pointsman.errors import MalformedJSONError, RequestError
from pointsman.wire.chat import AUTO, ChatRequest, parse_chat

MOST_TEXTS = 100
"""In one batch, as in the reference system; they are read one after another."""

Task = Literal["intent", "pii", "security", "all"]
Sensitivity = Literal["low", "medium", "high"]
_Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Body = TypeVar("_Body")
_ABSENT = (b"", b"null")


class Options(msgspec.Struct, frozen=True):
    """What a client may choose; nothing of it changes what the guard says.

    Attributes:
        threshold: Of security: the probability above which an attack is reported.
        sensitivity: The same in words: thresholds solved for fewer or more false alarms.
        detection_types: Of security: the attacks that are reported; all where there is none.
        include_reasoning: Of security: say in words why.
        entity_types: Of personal data: the types that are reported; all where there is none.
        confidence_threshold: Of personal data: the probability above which it is reported. Of
            intent: what `confident` is held against.
        return_positions: Say where each entity stands, in code points, end exclusive.
        mask_entities: Give the text with placeholders in the entities' place.
        reveal_entity_text: Give the entities' own text back.
        return_probabilities: Of intent: give every category's.
        include_explanation: Of intent: say in words why a request would go where it would.
    """

    threshold: _Probability | None = None
    sensitivity: Sensitivity | None = None
    detection_types: tuple[str, ...] | None = None
    include_reasoning: bool = False
    entity_types: tuple[str, ...] | None = None
    confidence_threshold: _Probability | None = None
    return_positions: bool = False
    mask_entities: bool = False
    reveal_entity_text: bool = False
    return_probabilities: bool = False
    include_explanation: bool = False


class OneBody(msgspec.Struct, frozen=True):
    """A text, or the messages of a chat request with its model and tools."""

    text: str | None = None
    messages: msgspec.Raw = msgspec.Raw()
    model: str = AUTO
    tools: msgspec.Raw = msgspec.Raw()
    options: Options = Options()


class BatchBody(msgspec.Struct, frozen=True):
    """Texts that have nothing to do with one another."""

    texts: tuple[str, ...]
    task_type: Task = "intent"
    options: Options = Options()


def parse_one(body: bytes) -> tuple[ChatRequest, Options, bool]:
    """Read a body with one text or conversation.

    Returns:
        The chat request that it stands for, the options, and whether it is a bare text.

    Raises:
        RequestError: It is no such body.
    """
    asked = _decoded(msgspec.json.Decoder(OneBody).decode, body)
    fields = {"messages": asked.messages, "tools": asked.tools}
    given = {name: raw for name, raw in fields.items() if bytes(raw) not in _ABSENT}
    if (asked.text is None) == ("messages" not in given):
        raise RequestError("expected either `text` or `messages`", param="text")
    if asked.text is not None:
        return chat_of(asked.text, "text", asked.model), asked.options, True
    return parse_chat(msgspec.json.encode({"model": asked.model, **given})), asked.options, False


def parse_batch(body: bytes) -> BatchBody:
    """Read a body with many texts.

    Raises:
        RequestError: It is no such body, or has none or too many texts.
    """
    asked = _decoded(msgspec.json.Decoder(BatchBody).decode, body)
    if not asked.texts:
        raise RequestError("expected at least one text, got an empty list", param="texts")
    if len(asked.texts) > MOST_TEXTS:
        raise RequestError(
            f"expected at most {MOST_TEXTS} texts, got {len(asked.texts)}: send them in several "
            "batches",
            param="texts",
        )
    return asked


def chat_of(text: str, param: str, model: str = AUTO) -> ChatRequest:
    """Return the chat request of somebody who says this and nothing else.

    Raises:
        RequestError: There is no text.
    """
    if not text.strip():
        raise RequestError("expected a text, got an empty one", param=param)
    message = {"role": "user", "content": text}
    return parse_chat(msgspec.json.encode({"model": model, "messages": [message]}))


def _decoded(decode: Callable[[bytes], _Body], body: bytes) -> _Body:
    try:
        body.decode("utf-8")
        return decode(body)
    except UnicodeDecodeError as error:
        raise MalformedJSONError(
            f"the body is not valid UTF-8: byte {error.start} cannot be read"
        ) from error
    except RecursionError as error:
        raise MalformedJSONError("the body nests too deeply") from error
    except msgspec.ValidationError as error:
        path = str(error).partition(" - at `$.")[2].rstrip("`")
        raise RequestError(str(error), param=path or None) from error
    except msgspec.DecodeError as error:
        raise MalformedJSONError(f"the body is not valid JSON: {error}") from error
