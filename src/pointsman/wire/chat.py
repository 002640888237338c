"""OpenAI chat-completion bodies: a typed view of what a router reads; the bytes stay as they came.

Only fields that pointsman reads are typed, so a new field of the API needs no change here and a
wrong type in a field that only the model reads is the model's to refuse. Shapes follow
https://platform.openai.com/docs/api-reference/chat/create
"""

import json
import re
from typing import Any

import msgspec

from pointsman.errors import MalformedJSONError, RequestError, TooLargeError

DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024
AUTO = "auto"
"""The model name that means "you choose"; the catalog knows its synonyms."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


class ContentPart(msgspec.Struct, frozen=True):
    """One part of a message: text, image_url, input_audio, file or refusal."""

    type: str
    text: str | None = None
    refusal: str | None = None


class FunctionCall(msgspec.Struct, frozen=True):
    """What an earlier answer asked a tool to do; `arguments` is JSON inside a string."""

    name: str = ""
    arguments: str = ""


class ToolCall(msgspec.Struct, frozen=True):
    """One tool call of an assistant message."""

    id: str = ""
    function: FunctionCall | None = None


class Message(msgspec.Struct, frozen=True):
    """One message of the conversation."""

    role: str
    content: str | tuple[ContentPart, ...] | None = None
    tool_calls: tuple[ToolCall, ...] | None = None


class StreamOptions(msgspec.Struct, frozen=True):
    """How a streamed answer should end."""

    include_usage: bool | None = None


class Thinking(msgspec.Struct, frozen=True):
    """Anthropic's form of a reasoning wish."""

    type: str = ""
    budget_tokens: int | None = None


class ChatRequest(msgspec.Struct, frozen=True):
    """A chat-completion request as far as routing needs to understand it.

    `body` holds the bytes of the whole request, unknown fields and all.
    """

    messages: tuple[Message, ...]
    model: str = AUTO
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    tools: tuple[msgspec.Raw, ...] | None = None
    user: str | None = None
    reasoning_effort: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    thinking: Thinking | None = None
    body: bytes = b""

    @property
    def output_cap(self) -> int | None:
        """The most output tokens per choice that the client allows, or None."""
        caps = [c for c in (self.max_tokens, self.max_completion_tokens) if c is not None]
        return min(caps) if caps else None

    @property
    def wants_usage(self) -> bool:
        """Whether the client asked for the usage chunk at the end of a stream."""
        return bool(self.stream_options and self.stream_options.include_usage)


_DECODER = msgspec.json.Decoder(ChatRequest)


def parse_chat(body: bytes, *, max_bytes: int = DEFAULT_MAX_BODY_BYTES) -> ChatRequest:
    """Decode a chat-completion body.

    Raises:
        TooLargeError: It has more than `max_bytes` bytes.
        MalformedJSONError: It is not a JSON object in UTF-8, or nests too deeply.
        RequestError: A field that routing reads has the wrong type, or there is no message.
    """
    if len(body) > max_bytes:
        raise TooLargeError(f"the body has {len(body)} bytes; at most {max_bytes} are allowed")
    try:
        # msgspec checks only strings it decodes; upstream would see the bytes of the others.
        body.decode("utf-8")
        request = _DECODER.decode(body)
    except UnicodeDecodeError as error:
        raise MalformedJSONError(
            f"the body is not valid UTF-8: byte {error.start} cannot be read"
        ) from error
    except RecursionError as error:
        raise MalformedJSONError("the body nests too deeply") from error
    except msgspec.ValidationError as error:
        raise _wrong_type(str(error)) from error
    except msgspec.DecodeError as error:
        raise _not_json(body, error) from error
    if not request.messages:
        raise RequestError("expected at least one message, got an empty list", param="messages")
    return msgspec.structs.replace(request, body=body)


def chat_from_object(value: dict[str, Any]) -> ChatRequest:
    """Read a request given as Python objects, such as the library's callers have it.

    Raises:
        RequestError: As `parse_chat`, and when a value has no JSON form.
    """
    try:
        body = msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError, UnicodeEncodeError) as error:
        raise MalformedJSONError(f"the request has no JSON form: {error}") from error
    return parse_chat(body, max_bytes=max(len(body), DEFAULT_MAX_BODY_BYTES))


def _wrong_type(message: str) -> RequestError:
    match = _PATH.search(message)
    if match is None:
        return RequestError(message)
    return RequestError(f"{message[: match.start()]} at `{match[1]}`", param=match[1] or None)


def _not_json(body: bytes, error: msgspec.DecodeError) -> MalformedJSONError:
    if _SURROGATE.search(body):
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            pass
        else:  # the standard library lets lone surrogates pass; they have no UTF-8 form
            return MalformedJSONError(
                "the body is not valid JSON: a \\uD800-\\uDFFF escape stands alone, "
                "and half a character has no meaning in UTF-8"
            )
    return MalformedJSONError(f"the body is not valid JSON: {error}")
