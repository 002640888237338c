"""Reads the heads that `pointsman learn` has written, and checks that they fit this bundle."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from pointsman.config.load import Source
from pointsman.encoder.bundle import Bundle
from pointsman.errors import ConfigError
from pointsman.policy.rules import SHIPPED_BASIS
from pointsman.signals.features import FeatureGroup, gain_groups, label_groups
from pointsman.signals.head_file import (
    CATEGORY,
    CLUSTER,
    GAIN,
    BundleMark,
    GainHead,
    Head,
    LabelHead,
    TableHead,
    parse_head,
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_TAKEN = frozenset(
    {"above", "all", "any", "below", "error", "id", "input", "ms", "not", "passes", "reasoning"}
    | {"tier", "tokens", "truncated", "jailbreak", "injection", "harmful", "pii", "domain"}
    | {"coverage", "surface", "keywords", "language", "gain", "category", "cluster"}
)
"""Words of conditions and of output rows, and the signals of our own, with or without a bundle."""


_KINDS = {GAIN: "gain", CATEGORY: "category", CLUSTER: "cluster"}
"""Names that are for one kind of head alone; every other name takes labels."""


def mark_of(bundle: Bundle) -> BundleMark:
    """Return what a learned head notes of the bundle that it belongs to."""
    manifest = bundle.manifest
    return BundleMark(manifest.name, manifest.version, manifest.files[manifest.graph])


def groups_of(bundle: Bundle) -> dict[str, tuple[FeatureGroup, ...]]:
    """Return the features of both kinds of head on this bundle."""
    width = bundle.manifest.embedding.size
    return {
        "gain": gain_groups(width, len(bundle.labels().get("domain", ()))),
        "labels": label_groups(width),
    }


def load_heads(files: Mapping[str, str], bundle: Bundle, source: Source) -> dict[str, Head]:
    """Read every head that a config names.

    Args:
        files: Paths, relative to the config file, by the name of the signal.
        bundle: The bundle that will be read with.
        source: The config file.

    Raises:
        ConfigError: A name that cannot be a signal's, or a file that is missing, damaged, of the
            wrong kind or learned on another bundle; each message tells the mend.
    """
    heads = {}
    for name, file in files.items():
        path = f"$.heads.{name}"
        if name not in _KINDS:
            try:
                check_name(name)
            except ConfigError as error:
                raise source.error(error.message, path) from error
        try:
            heads[name] = _read(Path(source.name).parent / file, name, bundle)
        except ValueError as error:
            raise source.error(f"{file}: {error}", path) from error
    return heads


def check_name(name: str) -> None:
    """Check that a label head's name can be a signal's.

    Raises:
        ConfigError: It is taken, or no plain word.
    """
    if name in _TAKEN:
        raise ConfigError(f"`{name}` has a meaning already; give the head another name")
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"expected a name of letters, digits, `_` and `-` that begins with a letter, "
            f"got {name!r}"
        )


def basis_of(heads: Mapping[str, Head], files: Mapping[str, str]) -> str:
    """Say where the estimate of gain and tokens comes from."""
    gain = heads.get(GAIN)
    if not isinstance(gain, GainHead):
        return SHIPPED_BASIS
    what = "gain and tokens" if gain.tokens else "gain (tokens: from public outcomes)"
    return f"{what} learned from your outcomes ({files[GAIN]}, {gain.rows} questions)"


def digest_of(heads: Iterable[Head]) -> bytes:
    """Return a hash of what the heads say, for the policy's own."""
    encoded = msgspec.json.encode(tuple(heads), order="sorted")
    return hashlib.sha256(encoded).digest()


def _read(file: Path, name: str, bundle: Bundle) -> Head:
    """Read one head.

    Raises:
        ValueError: It cannot be used here; says why, and what to do.
    """
    kind = _KINDS.get(name, "labels")
    again = f"learn it again with {_command(kind, name, file)}"
    try:
        head = parse_head(file.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}; {again}") from error
    except ValueError as error:
        raise ValueError(f"{error}; {again}") from error
    if (mend := _misplaced(head, name)) is not None:
        raise ValueError(mend)
    if head.bundle != mark_of(bundle):
        raise ValueError(
            f"it was learned on the bundle {head.bundle}, the config uses {mark_of(bundle)}; "
            f"{again}"
        )
    if not isinstance(head, TableHead) and head.features != groups_of(bundle)[kind]:
        raise ValueError(f"it reads other features than this version of pointsman gives; {again}")
    return head


def _misplaced(head: Head, name: str) -> str | None:
    """Say that a file stands under a name that is not for what it holds, or None."""
    match head:
        case GainHead() if name != GAIN:
            return "it holds a gain head, which stands under the name `gain`"
        case TableHead() if name != head.name:
            return f"it holds a table of outcomes, which stands under the name `{head.name}`"
        case LabelHead() if name in _KINDS:
            return (
                f"it holds the labels {', '.join(head.labels)}; `{name}` takes a head learned from "
                "outcomes, give this one a name of its own"
            )
        case _:
            return None


def _command(kind: str, name: str, file: Path) -> str:
    rows = {"gain": "OUTCOMES", "labels": f"--labels FILE --name {name}"}
    return f"`pointsman learn {rows.get(kind, f'OUTCOMES --table {kind}')} --out {file}`"
