"""What a request asks of the form of its answer."""

import msgspec

_JSON_FORMATS = frozenset({"json_object", "json_schema"})


class _Format(msgspec.Struct):
    type: str = "text"


class _Asked(msgspec.Struct):
    response_format: _Format | None = None


_ASKED = msgspec.json.Decoder(_Asked)


def asks_json(body: bytes) -> bool:
    """Say whether a request wants its answer's content to be JSON."""
    try:
        asked = _ASKED.decode(body).response_format
    except (msgspec.DecodeError, RecursionError):  # a strange shape is the model's to refuse
        return False
    return asked is not None and asked.type in _JSON_FORMATS
