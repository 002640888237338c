"""The text a router reads in a request, and where each piece of it stands."""

from collections.abc import Iterable, Iterator

import msgspec

from pointsman.wire.chat import ChatRequest, ContentPart, Message
from pointsman.wire.courtesy import is_courtesy
from pointsman.wire.seams import seams
from pointsman.wire.strings import REQUEST

FOLLOW_UP_CHARACTERS = 32
"""A user turn up to this long ("and for n=5?") is judged together with the turn it refers to."""

_USER, _ASSISTANT = "user", "assistant"
_QUESTION_MARKS = ("?", "\uff1f")


class TextPart(msgspec.Struct, frozen=True):
    """One piece of text: who said it, and where.

    Attributes:
        role: The message's role, or `"request"` for a field of the request itself, such as a tool.
        message: The message's index, or -1 for the request.
        part: The content part's index; None for what stands beside the content.
        text: The text.
        encoded: Whether some of it stands in base64 or in a `data:` URL, so that what is found in
            it cannot be replaced where it stands.
    """

    role: str
    message: int
    part: int | None
    text: str
    encoded: bool = False


class Prompt(msgspec.Struct, frozen=True):
    """A request as its reader sees it.

    Attributes:
        parts: Every text of the request, in order: its own fields such as tools and documents, one
            part each; then the messages, whose further strings (`wire/strings.py`) are their last
            part, one a line.
        judged: The text whose domain and need of reasoning decide: the last user turn. A short
            follow-up comes with the turn it goes back to, over other short ones; a courtesy that
            asks nothing ("thanks!") comes alone.
        turns: User turns so far.
        in_tool_loop: Whether the last message is a tool's result, so that the model that asked
            for it must go on.
        tools: Tools on offer.
        images: Image parts, whatever their form.
        characters: Length of the messages' text, in code points.
        size_bytes: Length of the messages' text, as UTF-8, and of tool definitions and other fields
            that a model sees.
        carried_share: Share of `characters`, in [0, 1], that an earlier call of this conversation
            already had or answered: everything up to the last answer. A model's prefix cache holds
            no more of the request than that. 0 where nothing has been answered yet; examples that
            a client writes as answers count, because they look the same.
        media: Pictures, sound, files and other content that is not text, images included.
        seams: What stands across the borders of texts that a model reads as one.
    """

    parts: tuple[TextPart, ...]
    judged: str
    turns: int
    in_tool_loop: bool
    tools: int
    images: int
    characters: int
    size_bytes: int
    carried_share: float = 0.0
    media: int = 0
    seams: tuple[str, ...] = ()

    def texts(self, *roles: str) -> Iterator[str]:
        """Yield the texts that these roles said, in order."""
        return (part.text for part in self.parts if part.role in roles)


def read_prompt(request: ChatRequest) -> Prompt:
    """Lay out the texts of a request."""
    typed = tuple(_text_parts(request))
    parts = _with_strings(typed, request) if request.strings else typed
    said = parts if parts is typed else [part for part in parts if part.message != REQUEST]
    characters = sum(len(part.text) for part in said)
    last = request.messages[-1]
    return Prompt(
        parts=parts,
        judged=_judged(request, typed),
        turns=sum(message.role == _USER for message in request.messages),
        in_tool_loop=last.role in {"tool", "function"},
        tools=len(request.tools or ()),
        images=sum(_is_image(part) for part in _content_parts(request)),
        characters=characters,
        size_bytes=sum(_size(part.text) for part in said)
        + sum(len(memoryview(tool)) for tool in request.tools or ())
        + sum(found.size_bytes for found in request.strings),
        carried_share=_carried(request, said) / max(1, characters),
        media=sum(found.media for found in request.strings),
        seams=seams((part.role, part.text) for part in typed),
    )


def _with_strings(typed: tuple[TextPart, ...], request: ChatRequest) -> tuple[TextPart, ...]:
    """Put the further strings of each message behind its parts, and the request's own first."""
    roles = {REQUEST: "request", **{i: m.role for i, m in enumerate(request.messages)}}
    further = (
        TextPart(roles[found.message], found.message, None, found.text, found.encoded)
        for found in request.strings
        if found.text
    )
    # The order of equals stays: typed parts before the further one.
    return tuple(sorted([*typed, *further], key=lambda part: part.message))


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _carried(request: ChatRequest, parts: Iterable[TextPart]) -> int:
    """Count the characters up to the last answer; one at the very end only begins the next."""
    earlier = enumerate(request.messages[:-1])
    answered = max((index for index, m in earlier if m.role == _ASSISTANT), default=-1)
    return sum(len(part.text) for part in parts if part.message <= answered)


def _judged(request: ChatRequest, parts: tuple[TextPart, ...]) -> str:
    turns = [(i, _turn_text(m)) for i, m in enumerate(request.messages) if m.role == _USER]
    said = [(index, text) for index, text in turns if text.strip()]
    if not said:
        return parts[-1].text if parts else ""
    index, last = said[-1]
    if len(said) == 1 or len(last) > FOLLOW_UP_CHARACTERS:
        return last
    if is_courtesy(last, after_question=_has_asked(request.messages[:index])):
        return last
    return f"{_referred_to([text for _, text in said[:-1]])}\n{last}"


def _referred_to(earlier: list[str]) -> str:
    """Return the turn that a short one goes back to: the last that is no short follow-up itself.

    The first turn follows up on nothing, however short it is.
    """
    long = (turn for turn in reversed(earlier) if len(turn) > FOLLOW_UP_CHARACTERS)
    return next((turn for turn in long if not is_courtesy(turn)), earlier[0])


def _has_asked(before: tuple[Message, ...]) -> bool:
    """Say whether the model's last words before a turn are a question."""
    answers = (_turn_text(m) for m in reversed(before) if m.role == _ASSISTANT)
    return next(answers, "").rstrip().endswith(_QUESTION_MARKS)


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
