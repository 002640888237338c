"""The text a router reads in a request, and where each piece of it stands."""

from collections.abc import Iterator

import msgspec

from pointsman.wire.chat import ChatRequest, ContentPart, Message

FOLLOW_UP_CHARACTERS = 32
"""A user turn up to this long ("and for n=5?") is judged together with the turn it refers to."""

_USER = "user"


class TextPart(msgspec.Struct, frozen=True):
    """One piece of text: who said it, and where: message index, and content-part index if any."""

    role: str
    message: int
    part: int | None
    text: str


class Prompt(msgspec.Struct, frozen=True):
    """A request as its reader sees it.

    Attributes:
        parts: Every text of the request, in order: system text, all turns, tool results.
        judged: The text whose domain and need of reasoning decide: the last user turn, with the
            turn before it when it is a short follow-up.
        turns: User turns so far.
        in_tool_loop: Whether the last message is a tool's result, so that the model that asked
            for it must go on.
        tools: Tools on offer.
        images: Image parts, whatever their form.
        characters: Length of all text, in code points.
        size_bytes: Length of all text and tool definitions, as UTF-8.
    """

    parts: tuple[TextPart, ...]
    judged: str
    turns: int
    in_tool_loop: bool
    tools: int
    images: int
    characters: int
    size_bytes: int

    def texts(self, *roles: str) -> Iterator[str]:
        """Yield the texts that these roles said, in order."""
        return (part.text for part in self.parts if part.role in roles)


def read_prompt(request: ChatRequest) -> Prompt:
    """Lay out the texts of a request."""
    parts = tuple(_text_parts(request))
    user_turns = [_turn_text(message) for message in request.messages if message.role == _USER]
    last = request.messages[-1]
    return Prompt(
        parts=parts,
        judged=_judged([turn for turn in user_turns if turn.strip()], parts),
        turns=len(user_turns),
        in_tool_loop=last.role in {"tool", "function"},
        tools=len(request.tools or ()),
        images=sum(_is_image(part) for part in _content_parts(request)),
        characters=sum(len(part.text) for part in parts),
        size_bytes=sum(_size(part.text) for part in parts)
        + sum(len(memoryview(tool)) for tool in request.tools or ()),
    )


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _judged(user_turns: list[str], parts: tuple[TextPart, ...]) -> str:
    if not user_turns:
        return parts[-1].text if parts else ""
    last = user_turns[-1]
    if len(user_turns) > 1 and len(last) <= FOLLOW_UP_CHARACTERS:
        return f"{user_turns[-2]}\n{last}"
    return last


def _turn_text(message: Message) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    return "\n".join(part.text for part in message.content if part.text)


def _text_parts(request: ChatRequest) -> Iterator[TextPart]:
    for index, message in enumerate(request.messages):
        if isinstance(message.content, str):
            yield TextPart(message.role, index, None, message.content)
        for number, part in enumerate(_parts_of(message)):
            for text in (part.text, part.refusal):
                if text:
                    yield TextPart(message.role, index, number, text)
        for text in _other_texts(message):
            yield TextPart(message.role, index, None, text)


def _other_texts(message: Message) -> Iterator[str]:
    """Yield what the model sees of a message beside its content."""
    calls = [call.function for call in message.tool_calls or ()]
    inputs = [call.custom.input for call in message.tool_calls or () if call.custom is not None]
    arguments = [call.arguments for call in (message.function_call, *calls) if call is not None]
    for text in (message.reasoning_content, message.refusal, *arguments, *inputs):
        if text:
            yield text


def _content_parts(request: ChatRequest) -> Iterator[ContentPart]:
    for message in request.messages:
        yield from _parts_of(message)


def _parts_of(message: Message) -> tuple[ContentPart, ...]:
    return message.content if isinstance(message.content, tuple) else ()


def _is_image(part: ContentPart) -> bool:
    return part.type in {"image_url", "input_image", "image"}
