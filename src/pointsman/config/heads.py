"""Reads the heads that `pointsman learn` has written, or that ship; checks that they fit."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from pointsman.config.load import Source
from pointsman.encoder.bundle import DEFAULT_BUNDLE, Bundle
from pointsman.errors import ConfigError
from pointsman.policy.conditions import suggestion
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

SHIPPED = "shipped:"
"""Before the name of a head that ships, where else a file is named."""
PAIRS = DEFAULT_BUNDLE.parent / "pairs"
"""The gain heads of recorded pairs of models; see `learning/pairs.py`."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_TAKEN = frozenset(
    {"above", "all", "any", "below", "error", "id", "input", "ms", "not", "passes", "reasoning"}
    | {"tier", "tokens", "truncated", "jailbreak", "injection", "harmful", "pii", "domain"}
    | {"coverage", "surface", "keywords", "language", "gain", "category", "cluster"}
    | {"disguise", "guard"}
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
        files: Paths, relative to the config file, or `shipped:NAME`, by the name of the signal.
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
            if file.startswith(SHIPPED):
                heads[name] = _shipped(file.removeprefix(SHIPPED), name, bundle)
            else:
                own = Path(source.name).parent / file
                again = f"learn it again with {_command(name, own)}"
                heads[name] = _read(own, name, bundle, again)
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
    source = gain.basis or "your outcomes"
    doubt = ": not your traffic" if gain.basis else ""
    return f"{what} learned from {source} ({files[GAIN]}, {gain.rows} questions{doubt})"


def digest_of(heads: Iterable[Head]) -> bytes:
    """Return a hash of what the heads say, for the policy's own."""
    encoded = msgspec.json.encode(tuple(heads), order="sorted")
    return hashlib.sha256(encoded).digest()


def shipped_names() -> tuple[str, ...]:
    """Return the names of the heads that ship."""
    return tuple(sorted(file.stem for file in PAIRS.glob("*.json")))


def _shipped(head: str, name: str, bundle: Bundle) -> Head:
    """Read a head that ships.

    Raises:
        ValueError: There is none of that name, or it does not fit; says what to do.
    """
    known = shipped_names()
    if head not in known:
        raise ValueError(
            f"no head of that name ships{suggestion(head, known)}; shipped are: {', '.join(known)}"
        )
    mend = "it goes with the shipped bundle alone: learn a head of your own with `pointsman learn`"
    return _read(PAIRS / f"{head}.json", name, bundle, mend)


def _read(file: Path, name: str, bundle: Bundle, again: str) -> Head:
    """Read one head.

    Raises:
        ValueError: It cannot be used here; says why, and `again` what to do.
    """
    kind = _KINDS.get(name, "labels")
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


def _command(name: str, file: Path) -> str:
    kind = _KINDS.get(name, "labels")
    rows = {"gain": "OUTCOMES", "labels": f"--labels FILE --name {name}"}
    return f"`pointsman learn {rows.get(kind, f'OUTCOMES --table {kind}')} --out {file}`"
