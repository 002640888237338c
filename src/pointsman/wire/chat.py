"""OpenAI chat-completion bodies: a typed view of what a router reads; the bytes stay as they came.

Only fields that pointsman reads are typed, so a new field of the API needs no change here and a
wrong type in a field that only the model reads is the model's to refuse. Shapes follow
https://platform.openai.com/docs/api-reference/chat/create

Words for reasoning that only some families know are read leniently (`LENIENT`): where one has not
the type that its family documents, it is nothing to us and again the model's to refuse.
"""

import json
import re
from collections.abc import Container, Mapping
from itertools import count
from typing import Annotated, Any, NoReturn

import msgspec

from pointsman.errors import MalformedJSONError, RequestError, TooLargeError
from pointsman.wire.edit import read_members
from pointsman.wire.strings import Strings, field_strings, message_strings

DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024
AUTO = "auto"
"""The model name that means "you choose"; the catalog knows its synonyms."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")
_MISSING = re.compile(r"Object missing required field `([^`]*)`")

LENIENT = (
    "reasoning",
    "enable_thinking",
    "thinking_budget",
    "thinking_token_budget",
    "extra_body",
)
"""Fields of `ChatFields` that never make a request wrong: neither their type nor their case."""

# RFC 8259 section 6 sets no bound; without one, a count of 400 digits overflows a float.
Count = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class ContentPart(msgspec.Struct, frozen=True):
    """One part of a message: text, image_url, input_audio, file or refusal."""

    type: str
    text: str | None = None
    refusal: str | None = None


class FunctionCall(msgspec.Struct, frozen=True):
    """What an earlier answer asked a tool to do; `arguments` is JSON inside a string."""

    arguments: str | None = None


class CustomCall(msgspec.Struct, frozen=True):
    """What an earlier answer asked a custom tool to do, in that tool's own words."""

    input: str | None = None


class ToolCall(msgspec.Struct, frozen=True):
    """One tool call of an assistant message."""

    function: FunctionCall | None = None
    custom: CustomCall | None = None


class Message(msgspec.Struct, frozen=True):
    """One message of the conversation.

    `function_call` is the form before `tool_calls`; `reasoning_content` is what DeepSeek, vLLM and
    others give back to the model of its own earlier thoughts.
    """

    role: str
    content: str | tuple[ContentPart, ...] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    function_call: FunctionCall | None = None
    tool_calls: tuple[ToolCall, ...] | None = None


class StreamOptions(msgspec.Struct, frozen=True):
    """How a streamed answer should end."""

    include_usage: bool | None = None


class Thinking(msgspec.Struct, frozen=True):
    """Anthropic's form of a reasoning wish."""

    type: str = ""
    budget_tokens: Count | None = None


class ChatFields(msgspec.Struct, frozen=True):
    """The fields of a chat-completion request that routing needs to understand.

    The raw ones are `LENIENT`: OpenRouter's `reasoning`, DashScope's `enable_thinking` and
    `thinking_budget`, vLLM's `thinking_token_budget`, and the `extra_body` in which Google's
    OpenAI-compatible API takes `google.thinking_config`; `catalog/wishes.py` has their sources.
    """

    messages: tuple[Message, ...]
    model: str = AUTO
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Count | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    tools: tuple[msgspec.Raw, ...] | None = None
    user: str | None = None
    reasoning_effort: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    thinking: Thinking | None = None
    reasoning: msgspec.Raw = msgspec.Raw()
    enable_thinking: msgspec.Raw = msgspec.Raw()
    thinking_budget: msgspec.Raw = msgspec.Raw()
    thinking_token_budget: msgspec.Raw = msgspec.Raw()
    extra_body: msgspec.Raw = msgspec.Raw()

    @property
    def lenient(self) -> Mapping[str, Any]:
        """The `LENIENT` fields that the client set, whatever their type.

        Left out are null, which sets nothing, and what readers could read differently: an object
        that holds a key twice.
        """
        values = ((name, _read_leniently(getattr(self, name))) for name in LENIENT)
        return {name: value for name, value in values if value is not None}

    @property
    def output_cap(self) -> int | None:
        """The most output tokens per choice that the client allows, or None.

        llama.cpp's server and LM Studio read -1 as "no limit"; others refuse what is below 1.
        """
        caps = [c for c in (self.max_tokens, self.max_completion_tokens) if c is not None and c > 0]
        return min(caps, default=None)

    @property
    def answers(self) -> int:
        """How many answers the client asks for; what is below 1 is the model's to refuse."""
        return max(1, self.n or 1)

    @property
    def wants_usage(self) -> bool:
        """Whether the client asked for the usage chunk at the end of a stream."""
        return bool(self.stream_options and self.stream_options.include_usage)


class ChatRequest(ChatFields, frozen=True):
    """A chat-completion request: what routing reads, and the bytes of the whole.

    Two are no fields of the API: `body` holds the request as it came, unknown fields and all, and
    `strings` what it says beside its typed texts, the request's own fields first.
    """

    body: bytes = b""
    strings: tuple[Strings, ...] = ()


_DECODER = msgspec.json.Decoder(ChatFields)
_CHAT_KEYS = frozenset(ChatFields.__struct_fields__) - frozenset(LENIENT)
_MESSAGE_KEYS = frozenset(Message.__struct_fields__ + ContentPart.__struct_fields__)


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
        fields = _DECODER.decode(body)
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
    strings = _check_keys(body)
    if not fields.messages:
        raise RequestError("expected at least one message, got an empty list", param="messages")
    return ChatRequest(**msgspec.structs.asdict(fields), body=body, strings=strings)


def _check_keys(body: bytes) -> tuple[Strings, ...]:
    """Refuse what two readers could read differently; return the strings beside the typed texts.

    Refused is a key that stands twice, or in another case: readers in Go take `Messages` for
    `messages`, and we would judge one, and the model see the other.
    """
    members = read_members(body, 0, len(body))
    for key in members:
        _check_case(key, _CHAT_KEYS, "")
    messages = members.pop("messages")
    text = body[messages.value : messages.end]
    members.pop("model", None)  # looked up in the catalog, and replaced by the name found there
    strings: list[Strings] = []
    for key, (begin, value, end) in members.items():
        strings += field_strings(key, body[begin:end], body[value:end])
    try:  # of numbers, the length will do: nobody reads them, and a long one takes long to convert
        tree = json.loads(text, object_pairs_hook=_check_object, parse_int=len, parse_float=len)
        strings += filter(None, map(message_strings, count(), tree))
    except (ValueError, RecursionError) as error:
        raise MalformedJSONError(f"`messages` cannot be read: {error}") from error
    return tuple(strings)


def _check_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Check one object inside `messages`; the reader calls it for each, innermost first."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise MalformedJSONError("an object in `messages` holds the same key twice")
    for key in members:
        _check_case(key, _MESSAGE_KEYS, "messages")
    return members


def _read_leniently(raw: msgspec.Raw) -> Any:  # noqa: ANN401  # a JSON value
    given = bytes(raw)  # nearly always empty
    try:
        return json.loads(given, object_pairs_hook=_once) if given else None
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key stands twice")
    return members


def _check_case(key: str, known_keys: Container[str], param: str) -> None:
    known = key.lower()
    if known != key and known in known_keys:
        raise RequestError(f"expected the key `{known}`, got `{key[:100]}`", param=param or known)


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
    path = match[1] if match else ""
    text = message[: match.start()] if match else message
    missing = _MISSING.fullmatch(text)
    if missing is not None:
        return RequestError(text, param=".".join(filter(None, (path, missing[1]))))
    if not path:
        return MalformedJSONError(text)
    return RequestError(f"{text} at `{path}`", param=path)


def _not_json(body: bytes, error: msgspec.DecodeError) -> MalformedJSONError:
    if _SURROGATE.search(body):
        try:
            json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            pass
        else:  # the standard library lets lone surrogates pass; they have no UTF-8 form
            return MalformedJSONError(
                "the body is not valid JSON: a \\uD800-\\uDFFF escape stands alone, "
                "and half a character has no meaning in UTF-8"
            )
    return MalformedJSONError(f"the body is not valid JSON: {error}")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are Python's, not JSON's
