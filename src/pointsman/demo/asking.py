"""What a client asked of a stand-in: the chat request, read once and checked.

Only the fields that the stand-in obeys are read; all others pass unread, as they
would at a real server. Field names are those of OpenAI's chat completions, of vLLM
(`chat_template_kwargs`, `thinking_token_budget`) and of Anthropic (`thinking`).
"""

from typing import Any, Literal

import msgspec

__all__ = ["Asked", "Family", "Message", "Refusal", "last_user_text", "parse", "text_of"]

Family = Literal[
    "qwen3",
    "deepseek",
    "gpt-oss",
    "openai",
    "gpt-5",
    "o-series",
    "mistral",
    "anthropic",
    "none",
]
"""Whose thinking switch a model reads; see `thinking.py`."""

MAX_CHOICES = 128
"""OpenAI's upper bound of `n`."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer to the client, not our error
    """The request earns an OpenAI error body with this HTTP status.

    Args:
        status: the HTTP status.
        message: what was found and what was expected.
        code: OpenAI's machine-readable code, such as `model_not_found`.
    """

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


class Message(msgspec.Struct, frozen=True):
    """One message; `content` is a text, a list of typed parts, or null."""

    role: str
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(msgspec.Struct, frozen=True):
    """OpenAI's `stream_options`."""

    include_usage: bool = False


class ResponseFormat(msgspec.Struct, frozen=True):
    """OpenAI's `response_format`; `json_schema` holds `{"name": …, "schema": …}`."""

    type: str
    json_schema: dict[str, Any] = {}


class Function(msgspec.Struct, frozen=True):
    """A tool's function: its name and the JSON schema of its arguments."""

    name: str
    parameters: dict[str, Any] = {}


class Tool(msgspec.Struct, frozen=True):
    """One entry of `tools`."""

    function: Function
    type: str = "function"


class Named(msgspec.Struct, frozen=True):
    """The function's name in a `tool_choice`."""

    name: str


class ToolChoice(msgspec.Struct, frozen=True):
    """A `tool_choice` that names one function."""

    function: Named
    type: str = "function"


class Thinking(msgspec.Struct, frozen=True):
    """Anthropic's `thinking` switch."""

    type: str
    budget_tokens: int | None = None


class Stage(msgspec.Struct, frozen=True):
    """The stand-in's own field `standin`: a fault to play, or a text to say."""

    fail: str = ""
    say: str = ""


class Asked(msgspec.Struct, frozen=True):
    """A chat request, as far as the stand-in obeys it."""

    model: str
    messages: tuple[Message, ...]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    tools: tuple[Tool, ...] | None = None
    tool_choice: str | ToolChoice | None = None
    response_format: ResponseFormat | None = None
    reasoning_effort: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    thinking: Thinking | None = None
    thinking_token_budget: int | None = None
    standin: Stage = Stage()

    @property
    def choices(self) -> int:
        """How many answers were asked for."""
        return 1 if self.n is None else self.n

    @property
    def allowance(self) -> int | None:
        """The most tokens an answer may have, thinking included; None is no bound."""
        given = (self.max_tokens, self.max_completion_tokens)
        return min((value for value in given if value is not None), default=None)

    @property
    def wants_usage(self) -> bool:
        """Whether the stream ends with a chunk that holds the usage."""
        return self.stream_options is not None and self.stream_options.include_usage


_DECODER = msgspec.json.Decoder(Asked)


def parse(raw: bytes) -> Asked:
    """Read a request's body.

    Raises:
        Refusal: status 400, if the body is no chat request.
    """
    try:
        asked = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, f"The body is no chat request: {error}") from error
    if not asked.messages:
        raise Refusal(400, "Expected at least one message in `messages`, got none.")
    if not 1 <= asked.choices <= MAX_CHOICES:
        raise Refusal(400, f"Expected `n` between 1 and {MAX_CHOICES}, got {asked.choices}.")
    if asked.allowance is not None and asked.allowance < 1:
        raise Refusal(400, f"Expected `max_tokens` of at least 1, got {asked.allowance}.")
    return asked


def text_of(message: Message) -> str:
    """The text of a message, its text parts joined by newlines."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    texts = (part.get("text") for part in message.content)
    return "\n".join(text for text in texts if isinstance(text, str))


def last_user_text(asked: Asked) -> str:
    """The text of the last message from the user; empty if there is none."""
    from_user = (message for message in reversed(asked.messages) if message.role == "user")
    return next((text_of(message) for message in from_user), "")
