"""Reads pointsman.yaml; every message names the place in the file and the mend."""

import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import yaml

from pointsman.catalog.models import URL_PATTERN
from pointsman.config.schema import Config
from pointsman.errors import ConfigError
from pointsman.policy.conditions import suggestion

_NOT_YET = {"cache": "the answer cache"}
"""Keys of later versions. Accepting one silently would promise a protection that is not there."""

_MISPLACED = {"$.guard": "policy", "$.prefer": "policy", "$.rules": "policy"}
"""Keys that are often written one level too high."""

_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `([^`]*)`")
_PATH = re.compile(r" - at (?:`key` in )?`(\$[^`]*)`$")


class _Loader(yaml.SafeLoader):
    """YAML as people mean it: `on` and `off` are words, and no key may stand twice."""


# YAML 1.1 reads on, off, yes and no as booleans; YAML 1.2 (section 10.3.2) only true and false.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _unique_keys(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue  # `<<` takes the keys of an anchor, and those beside it override them
        key = loader.construct_object(key_node)
        if isinstance(key, str | int | float | bool) and key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key `{key}` stands twice", key_node.start_mark
            )
        if isinstance(key, str | int | float | bool):
            seen.add(key)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node)


_Loader.add_constructor("tag:yaml.org,2002:map", _unique_keys)


class Source(msgspec.Struct, frozen=True):
    """A config file's text, to say where in it something is wrong."""

    name: str
    text: str

    def error(self, message: str, path: str | None = None) -> ConfigError:
        """Return an error that names the file, the line where it can be found, and the path."""
        line = self._line(path) if path else None
        where = f"{self.name}:{line}" if line else self.name
        at = f" at `{path}`" if path else ""
        return ConfigError(f"{where}: {message}{at}", param=path)

    def _line(self, path: str) -> int | None:
        node = yaml.compose(self.text, Loader=_Loader)
        line = None
        for step in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path):
            found = _child(node, step[0], step[1])
            if found is None:
                break
            line, node = found
        return line


def _child(node: Any, key: str, index: str) -> tuple[int, Any] | None:  # noqa: ANN401  # PyYAML node
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            if key_node.value == key:
                return key_node.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
        value = node.value[int(index)]
        return value.start_mark.line + 1, value
    return None


def read_source(path: Path) -> Source:
    """Read a config file's text.

    Raises:
        ConfigError: It cannot be read or is not UTF-8.
    """
    try:
        return Source(str(path), path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start})") from error


def parse_yaml(source: Source) -> Any:  # noqa: ANN401  # whatever stands in the file
    """Read a file's YAML.

    Raises:
        ConfigError: It is not YAML, or a key stands twice.
    """
    try:
        return yaml.load(source.text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{source.name}{line}: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{source.name}: not valid YAML: {error}") from error


def parse_config(source: Source) -> Config:
    """Turn a config file's text into its typed form.

    Raises:
        ConfigError: Wrong YAML, an unknown or repeated key, a wrong type, a missing key.
    """
    raw = parse_yaml(source)
    if not isinstance(raw, dict) or not raw.get("models"):
        raise source.error("expected a mapping with at least one model under `models`")
    for section in ("models", "families", "keywords", "heads", "tenants"):
        _check_each(source, raw, section)
    try:
        return msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise _explained(source, str(error)) from error


def _check_each(source: Source, raw: dict[str, Any], section: str) -> None:
    """Convert the entries one by one, because msgspec's path of a mapping's value is `[...]`."""
    entry_type = Config.__annotations__[section].__args__[1]
    entries = raw.get(section) or {}
    if not isinstance(entries, dict):
        raise source.error("expected a mapping from names", f"$.{section}")
    for name, entry in entries.items():
        try:
            msgspec.convert(entry, entry_type)
        except msgspec.ValidationError as error:
            raise _explained(source, str(error), f"$.{section}.{name}") from error


def _explained(source: Source, message: str, base: str = "$") -> ConfigError:
    match = _PATH.search(message)
    path = base + (match[1][1:] if match else "")
    text = message[: match.start()] if match else message
    if repr(URL_PATTERN) in text:
        return source.error(
            "expected a URL such as http://127.0.0.1:8000/v1 (keys come from `api_key_env`)", path
        )
    unknown = _UNKNOWN_FIELD.match(text)
    if unknown is None:
        words = ", ".join(_allowed_words(path))
        mend = f"; it may be {words}" if text.startswith("Invalid enum value") and words else ""
        return source.error(text[:1].lower() + text[1:] + mend, path)
    key = unknown[1]
    if (belongs := _MISPLACED.get(f"{path}.{key}")) is not None:
        return source.error(f"`{key}` belongs under `{belongs}`", f"{path}.{key}")
    if key in _NOT_YET:
        return source.error(
            f"`{key}` is not there in this version: {_NOT_YET[key]} comes later; take the key out, "
            "so that nobody relies on it",
            f"{path}.{key}",
        )
    return source.error(f"unknown key `{key}`{suggestion(key, _known_keys(path))}", f"{path}.{key}")


def _known_keys(path: str) -> list[str]:
    """Return the keys that may stand at a path, as far as the schema names them."""
    return [field.encode_name for field in msgspec.structs.fields(_struct_at(path))]


def _struct_at(path: str) -> Any:  # noqa: ANN401  # a type
    at: Any = Config
    for step in re.findall(r"\.([^.\[\]]+)", path):
        fields = {f.encode_name: f.type for f in msgspec.structs.fields(at)}
        at = _struct_in(fields.get(step)) or at
    return at


def _allowed_words(path: str) -> list[str]:
    """Return the words that the schema allows at a path."""
    parent, _, name = path.rpartition(".")
    types = [f.type for f in msgspec.structs.fields(_struct_at(parent)) if f.encode_name == name]
    return [word for annotation in types for word in _literals(annotation)]


def _literals(annotation: Any) -> list[str]:  # noqa: ANN401  # a type
    if get_origin(annotation) is Literal:
        return [str(word) for word in get_args(annotation)]
    return [word for inner in get_args(annotation) for word in _literals(inner)]


def _struct_in(annotation: Any) -> Any:  # noqa: ANN401  # a type
    """Return the Struct type in an annotation such as `dict[str, X]` or `X | None`."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _struct_in(inner)) is not None:
            return found
    return None
