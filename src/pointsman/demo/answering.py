"""What a stand-in writes: its thought, and a text, a JSON value or a tool call.

Nothing here imitates a model's knowledge: each text begins with `PREAMBLE`, and each
string in a JSON value or in a tool's arguments says that a stand-in wrote it.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pointsman.demo.asking import Asked, Function, Refusal, ToolChoice, last_user_text, text_of

__all__ = ["PREAMBLE", "Answer", "compose", "prompt_length", "split"]

PREAMBLE = "I am a stand-in server: no real model wrote this answer."

SAYS_SO = "stand-in, no real model"
"""The value of each string that a JSON schema asks for."""

TOKENS_PER_MESSAGE = 4
"""What a chat template adds to each message: a role and its delimiters."""

TOKENS_PER_IMAGE = 85
"""What an image part counts, whatever its size."""

_DEEPEST = 8
"""Schemas nested deeper than this, or recursive ones, get null there."""

_TOKEN = re.compile(r"\s*(?:[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|[^\w\s])")
_GOING_ON = (
    "The router chose me for this request, and a real model would answer it here.",
    "I only count tokens, wait as long as a model would, and send them one by one.",
)
_MUSING = (
    "Stand-in thought, no real model is thinking.",
    "A real model would weigh this step before the next one.",
)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One choice: tokens in the order in which they are sent, and why they end.

    With `tool` set, the tokens of `text` are the fragments of the tool call's arguments.
    """

    thought: tuple[str, ...]
    text: tuple[str, ...]
    tool: str | None
    finish: str

    @property
    def tokens(self) -> int:
        """The completion tokens, thought included."""
        return len(self.thought) + len(self.text)


def split(text: str) -> tuple[str, ...]:
    """Cut a text into the stand-in's tokens; joined again they are the text.

    A token is a word or one punctuation mark, with the white space before it; a
    Chinese or Japanese character is one token. White space at the end is dropped.
    """
    return tuple(_TOKEN.findall(text))


def prompt_length(asked: Asked) -> int:
    """The prompt's tokens: all messages' texts and images, and the tools as JSON."""
    total = sum(TOKENS_PER_MESSAGE + len(split(text_of(message))) for message in asked.messages)
    lists = (message.content for message in asked.messages if isinstance(message.content, list))
    images = [part for parts in lists for part in parts if part.get("type") == "image_url"]
    total += TOKENS_PER_IMAGE * len(images)
    if asked.tools:
        total += len(split(msgspec.json.encode(asked.tools).decode()))
    return total


def compose(asked: Asked, choice: int, thought_tokens: int, answer_tokens: int) -> Answer:
    """Write one choice.

    Args:
        asked: the request.
        choice: the choice's index, from 0.
        thought_tokens: how long to think first.
        answer_tokens: how long a plain text answer is, cut only by the request's bound.

    Raises:
        Refusal: status 400, if `tool_choice` names a tool that is not in `tools`.
    """
    tool = _called(asked)
    thought = tuple(itertools.islice(_tokens_forever(*_MUSING), thought_tokens))
    if tool is not None:
        text, finish = _json_tokens(_arguments(tool)), "tool_calls"
    elif asked.response_format is not None and asked.response_format.type != "text":
        text, finish = _json_tokens(_shaped(asked.response_format.json_schema)), "stop"
    else:
        text, finish = _prose(asked, choice, answer_tokens), "stop"
    bound = asked.allowance
    if bound is not None and bound < len(thought) + len(text):
        finish = "length"
        text = text[: max(0, bound - len(thought))]
        thought = thought[:bound]
    return Answer(thought=thought, text=text, tool=tool.name if tool else None, finish=finish)


def _called(asked: Asked) -> Function | None:
    if not asked.tools or asked.tool_choice == "none" or asked.messages[-1].role != "user":
        return None
    if not isinstance(asked.tool_choice, ToolChoice):
        return asked.tools[0].function
    name = asked.tool_choice.function.name
    for tool in asked.tools:
        if tool.function.name == name:
            return tool.function
    raise Refusal(400, f"`tool_choice` names the tool `{name}`, which is not in `tools`.")


def _arguments(tool: Function) -> object:
    schema = {"type": "object"} | tool.parameters
    return _sample(schema, schema)


def _prose(asked: Asked, choice: int, answer_tokens: int) -> tuple[str, ...]:
    opening = PREAMBLE if choice == 0 else f"{PREAMBLE} This is choice {choice + 1}."
    if asked.standin.say:
        return split(f"{opening} {asked.standin.say}")
    question = " ".join(last_user_text(asked).split()[:8])
    tokens = split(f'{opening} Your message begins "{question}".' if question else opening)
    more = max(0, answer_tokens - len(tokens))
    return tokens + tuple(itertools.islice(_tokens_forever(*_GOING_ON, lead=" "), more))


def _tokens_forever(*sentences: str, lead: str = "") -> Iterator[str]:
    for sentence in itertools.cycle(sentences):
        yield from split(lead + sentence)
        lead = " "


def _json_tokens(value: object) -> tuple[str, ...]:
    return split(msgspec.json.encode(value).decode())


def _shaped(json_schema: Mapping[str, Any]) -> object:
    schema = json_schema.get("schema")
    if not isinstance(schema, dict):
        return {"stand_in": True, "answer": PREAMBLE}
    return _sample(schema, schema)


def _sample(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> object:
    """The plainest value that a JSON schema allows; only required properties are filled."""
    if depth > _DEEPEST:
        return None
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    nested = _reference(schema, root)
    if nested is not None:
        return _sample(nested, root, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            known = schema.get("properties", {})
            names = schema.get("required", ())
            return {name: _sample(known.get(name, {}), root, depth + 1) for name in names}
        case "array":
            item = _sample(schema.get("items", {}), root, depth + 1)
            return [item] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return SAYS_SO[: schema.get("maxLength")]


def _reference(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema that this one stands for: a local `$ref`, or the first alternative."""
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            first: Mapping[str, Any] = schema[key][0]
            return first
    path = schema.get("$ref")
    if not isinstance(path, str) or not path.startswith("#/"):
        return None
    found: Any = root
    for step in path.removeprefix("#/").split("/"):
        found = found.get(step, {})
    return found if isinstance(found, dict) else {}
