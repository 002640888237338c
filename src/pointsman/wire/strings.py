"""Strings of a request that no typed field holds: which of them are text, and what is other media.

A model, its chat template or its provider may read any string of a request: a tool's description,
a participant's name, a document, a field that was invented yesterday. So every string counts as
text unless it is known to be none, and what is known to be none is little:

- a word (`_WORD`: up to 64 ASCII letters, digits and `_.:/+$#-`) that stands under a key of `NAMES`
  or as a key: it chooses or names something, and a sentence does not fit;
- a seal (`SEALS`): a provider's signature in base64, which no model reads;
- pictures, sound and files in base64. They cannot be read, and are counted instead. Base64 that is
  text is read as that text.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from pointsman.wire.payloads import payload_of

REQUEST = -1
"""Stands for the index of a message where a string belongs to no message."""

NAMES = frozenset(
    {
        # What kind of thing it is, or in which form.
        *("type", "role", "object", "format", "syntax", "media_type", "mime_type", "detail"),
        *("status", "finish_reason", "modalities", "voice"),
        # Which one of several: ids, functions, models, keys of caches.
        *("id", "tool_call_id", "call_id", "file_id", "name", "model", "tool_choice", "user"),
        *("function_call", "request_id", "safety_identifier", "prompt_cache_key", "cache_salt"),
        # How it is to be done: switches.
        *("effort", "reasoning_effort", "thinking_level", "summary", "verbosity", "service_tier"),
        *("truncation", "ttl", "stop"),
        # JSON Schema: names of properties and of other schemas.
        *("required", "$ref", "$schema"),
    }
)
"""Keys whose values are words. `user` is an opaque id by OpenAI's documents; an address is no word,
and a participant's `name` in a message is text."""

SEALS = ("signature", "thought_signature")
"""Anthropic's and Gemini's signatures over earlier thoughts, which must be sent back as they came:
https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
https://ai.google.dev/gemini-api/docs/thought-signatures"""

UNSEEN = frozenset(
    {
        *("user", "metadata", "stop", "safety_identifier", "prompt_cache_key", "cache_salt"),
        *("request_id", "response_format", "structured_outputs"),
        *("guided_json", "guided_regex", "guided_choice", "guided_grammar"),
    }
)
"""Fields that are for the server and add nothing to the prompt, so that they have no price. Some
servers do show the schema of `response_format` to the model: `exchange/claims.py` bounds that."""

_CHARACTERS = r"[\w.:/+$#-]{0,64}+"
_IS_WORD = re.compile(_CHARACTERS, re.ASCII)
_WORD = f'"{_CHARACTERS}"'
# A field of the request that is a number or a switch, under a key that is a word.
_NO_STRING = re.compile(rf'[{{,]\s*+{_WORD}\s*+:[^"\[{{]*+'.encode(), re.ASCII)
_TEXTS = re.compile(
    # A name, or a list of names, or a seal; a key that is a word; whatever else: captured.
    rf'"(?:{"|".join(map(re.escape, sorted(NAMES)))})"\s*+:\s*+'
    rf"(?:{_WORD}|\[\s*+(?:{_WORD}[\s,]*+)*+\])"
    rf'|"(?:{"|".join(SEALS)})"\s*+:\s*+"[\w+/=-]*+"'
    rf"|{_WORD}\s*+:"
    r'|"([^"\\]*+(?:\\.[^"\\]*+)*+)"',
    re.ASCII | re.DOTALL,
)
_POINTER = re.compile(r'"(?:\w*ur[il]|file_id)":"(?!data:)', re.ASCII)
_MEDIUM = re.compile("image|audio|video", re.IGNORECASE)

# Positions of a message whose strings have a type in `wire/chat.py`, and are parts of the prompt.
_READ_PART: Mapping[str, Any] = {"text": {}, "refusal": {}}
_READ: Mapping[str, Any] = {
    "refusal": {},
    "reasoning_content": {},
    "function_call": {"arguments": {}},
    "tool_calls": {"function": {"arguments": {}}, "custom": {"input": {}}},
}
_PLAIN_MESSAGE = frozenset(
    {"role", "content", "refusal", "reasoning_content", "tool_call_id", "tool_calls"}
)
_PLAIN_CALL = frozenset({"id", "type", "function"})
_PLAIN_FUNCTION = frozenset({"name", "arguments"})
_PLAIN_PART = frozenset({"type", *_READ_PART})
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})


class Strings(msgspec.Struct, frozen=True):
    """What one place of a request holds beside its typed texts.

    Attributes:
        message: Index of the message, or `REQUEST`.
        text: Its texts, each on a line of its own; empty if there are none.
        media: Pictures, sound, files and other content that cannot be read as text.
        encoded: Whether some of the text stands in base64 or in a `data:` URL.
        size_bytes: What a field of the request adds to what a model reads, in JSON. 0 where it adds
            nothing or is counted elsewhere, as `tools` and the texts of messages are.
    """

    message: int
    text: str
    media: int = 0
    encoded: bool = False
    size_bytes: int = 0


class _Scan(msgspec.Struct, frozen=True):
    """Texts of a piece of JSON, how many of them were decoded, and how many strings are no text."""

    texts: list[str]
    decoded: int = 0
    media: int = 0


def message_strings(index: int, message: Mapping[str, Any]) -> Strings | None:
    """Return what a message holds beside its typed texts, or None where that is nothing.

    Args:
        index: The message's index.
        message: The message, whose typed fields have been found to have their types.
    """
    if _is_plain(message):
        return None
    content = message.get("content")
    media = int(isinstance(message.get("audio"), dict))  # an earlier answer's sound, by its id
    scans: list[_Scan] = []
    for part in content if isinstance(content, list) else ():
        found, is_media = _scan_part(part)
        scans.append(found)
        media += is_media
    rest = _unread({key: value for key, value in message.items() if key != "content"}, _READ)
    # A person's name is text, a function's is one of `NAMES`.
    person = rest.pop("name", None) if message["role"] not in {"tool", "function"} else None
    around = _scan(_encoded([person, rest]))
    scans.append(around)
    media += around.media
    text = "\n".join(text for scan in scans for text in scan.texts)
    encoded = any(scan.decoded for scan in scans)
    return Strings(index, text, media, encoded=encoded) if text or media else None


def field_strings(name: str, member: bytes, value: bytes) -> tuple[Strings, ...]:
    """Return what a field of the request holds: one for each tool, else at most one.

    Args:
        name: The field's name.
        member: Its JSON, key and value.
        value: Its value alone.
    """
    if _NO_STRING.fullmatch(member) is not None:
        return ()
    if name in {"tools", "functions"} and value[:1] == b"[":
        priced = name == "functions"  # `tools` are typed, and priced with the prompt
        entries = msgspec.json.decode(value, type=list[msgspec.Raw])
        each = [(bytes(entry), len(memoryview(entry)) * priced) for entry in entries]
    else:
        each = [(member, 0 if name in UNSEEN else len(value))]
    scans = [(_scan(source.decode()), size) for source, size in each]
    return tuple(
        Strings(
            REQUEST,
            "\n".join(scan.texts),
            scan.media,
            encoded=scan.decoded > 0,
            size_bytes=size if scan.texts else 0,
        )
        for scan, size in scans
        if scan.texts or scan.media
    )


def _is_plain(message: Mapping[str, Any]) -> bool:
    """Say whether a message has nothing but typed texts and words, as most have.

    Searching it would find nothing, either; this is only faster.
    """
    content, calls = message.get("content"), message.get("tool_calls") or ()
    if message["role"] not in _ROLES:
        return False
    if len(message) == len(("role", "content")) and isinstance(content, str):
        return True
    return (
        message.keys() <= _PLAIN_MESSAGE
        and _is_word(message.get("tool_call_id"))
        and (
            not isinstance(content, list)
            or all(p.keys() <= _PLAIN_PART and p["type"] in _READ_PART for p in content)
        )
        and all(_is_plain_call(call) for call in calls)
    )


def _is_plain_call(call: Mapping[str, Any]) -> bool:
    function = call.get("function")
    return (
        call.keys() <= _PLAIN_CALL
        and isinstance(function, dict)
        and function.keys() <= _PLAIN_FUNCTION
        and _is_word(call.get("id"))
        and _is_word(call.get("type"))
        and _is_word(function.get("name"))
    )


def _is_word(value: Any) -> bool:  # noqa: ANN401  # a JSON value
    return value is None or (isinstance(value, str) and _IS_WORD.fullmatch(value) is not None)


def _unread(value: Any, read: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a JSON value
    """Return a value without the strings that stand at positions of `read`."""
    if isinstance(value, str):
        return None
    if isinstance(value, list):
        return [_unread(item, read) for item in value]
    if isinstance(value, dict):
        return {k: _unread(v, read[k]) if k in read else v for k, v in value.items()}
    return value


def _scan_part(part: Mapping[str, Any]) -> tuple[_Scan, bool]:
    """Scan a content part; say whether something in it cannot be read."""
    kind = part["type"]
    if part.keys() <= _PLAIN_PART and kind in _READ_PART:
        return _Scan([]), False
    source = _encoded(_unread(part, _READ_PART))
    found = _scan(source)
    if found.media or _MEDIUM.search(kind) or ("file" in kind.lower() and not found.decoded):
        return found, True
    return found, _POINTER.search(source) is not None and not kind.endswith("text")


def _scan(source: str) -> _Scan:
    """Find the texts in a piece of valid JSON, keys that are no words included.

    A flat search sees both values of a key that stands twice, and nests as deeply as it likes.
    """
    texts: list[str] = []
    decoded = media = 0
    for literal in filter(None, _TEXTS.findall(source)):
        string = msgspec.json.decode(f'"{literal}"', type=str) if "\\" in literal else literal
        text = payload_of(string)
        if text is None:
            media += 1
        elif text.strip():
            texts.append(text)
            decoded += text is not string
    return _Scan(texts, decoded, media)


def _encoded(value: Any) -> str:  # noqa: ANN401  # a JSON value
    return msgspec.json.encode(value).decode()
