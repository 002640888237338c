"""Strings of a chat request that must reach the model's server as they are, personal data or not.

The API reads them itself, so that another value would make the request wrong, or another request:
https://platform.openai.com/docs/api-reference/chat/create
"""

from pointsman.wire.literals import Place

_API_WORDS = frozenset(
    tuple(keys.split("."))
    for keys in (
        "model",
        "messages.role",
        "messages.tool_call_id",  # pairs a result with its call, as do the ids
        "messages.tool_calls.id",
        "messages.tool_calls.type",
        "messages.tool_calls.function.name",  # names a tool, as do those below
        "messages.tool_calls.custom.name",
        "messages.function_call.name",
        "messages.audio.id",
        "messages.content.type",
        "messages.content.image_url.detail",
        "messages.content.input_audio.data",  # base64
        "messages.content.input_audio.format",
        "messages.content.file.file_id",
        "tools.type",
        "tools.function.name",
        "tools.custom.name",
        "tool_choice",
        "tool_choice.type",
        "tool_choice.function.name",
        "tool_choice.custom.name",
        "functions.name",
        "function_call",
        "function_call.name",
        "response_format.type",
        "response_format.json_schema.name",
    )
)

# Words of JSON Schema that name types, forms and properties; the properties' own keys stay, too.
_SCHEMAS = frozenset({"tools", "functions", "response_format"})
_SCHEMA_WORDS = frozenset({"type", "format", "required", "$ref"})

# A picture or a file inside the request: no text to a model, and one changed letter breaks it.
_BLOB_KEYS = frozenset({"url", "image_url", "file_data", "data"})
_BLOB = ("data:", ";base64,")
_BLOB_HEAD_CHARACTERS = 200  # a media type and its parameters


def keys_of(place: Place) -> tuple[str, ...]:
    """Return the keys on the way to a value, without the numbers of elements."""
    return tuple(step for step in place if isinstance(step, str))


def is_fixed(place: Place, text: str) -> bool:
    """Say whether the string at a place of a request must stay."""
    keys = keys_of(place)
    if keys in _API_WORDS:
        return True
    if keys[0] in _SCHEMAS and keys[-1] in _SCHEMA_WORDS:
        return True
    scheme, marker = _BLOB
    blob = text.startswith(scheme) and marker in text[:_BLOB_HEAD_CHARACTERS]
    return blob and keys[-1] in _BLOB_KEYS
