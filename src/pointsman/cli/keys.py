"""`pointsman keys`: create, list and revoke the keys that clients ask with."""

import argparse
import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pointsman.accounts.keys import ClientKey, KeyStore
from pointsman.accounts.state import MEMORY, is_file, open_keys
from pointsman.config.load import parse_config, read_source
from pointsman.errors import ConfigError

_DEFAULT_STATE = "pointsman.db"
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TITLES: tuple[str, ...] = ("id", "key", "tenant", "name", "created", "expires", "state")
_LONGEST_S = 100 * 365 * 86_400

_EPILOG = """\
A key for a tenant; it is shown once, alone on standard output, and kept only as a hash:
  pointsman keys create --tenant acme --name "ci on main" --expires 30d -c pointsman.yaml
  KEY=$(pointsman keys create --tenant acme)
  curl http://127.0.0.1:8801/v1/chat/completions -H "authorization: Bearer $KEY" ...

Who has one, and an end to it (a running gateway notices within 5 seconds):
  pointsman keys list
  pointsman keys revoke key_1f2e3d4c5b6a

Keys stand in the same place as what was spent: `state` of the config, by default the file
pointsman.db beside it, or ./pointsman.db without a config. Replicas share one:
  pointsman keys list --state postgresql://router:PASSWORD@db.internal/pointsman

Exit status: 0 fine, 1 no such key, 2 wrong use or a place that cannot be opened.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "action", choices=tuple(_ACTIONS), metavar="ACTION", help="create, list or revoke"
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="with revoke: the id that list shows")
    parser.add_argument("--tenant", metavar="NAME", help="with create: whose key it is")
    parser.add_argument("--name", metavar="N", help="with create: what to call it")
    parser.add_argument(
        "--expires",
        type=_duration,
        metavar="TIME",
        help="with create: how long it works, such as 12h, 30d or 8w (default: until revoked)",
    )
    parser.add_argument("-c", "--config", type=Path, help="pointsman.yaml, for its `state`")
    parser.add_argument(
        "--state", metavar="URL", help="a file or postgresql://... instead of the config's"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.epilog = _EPILOG


def _duration(word: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,8})([mhdw])", word, re.ASCII)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= _LONGEST_S:
        raise argparse.ArgumentTypeError(
            f"expected a time such as 90m, 12h, 30d or 8w, at most 100 years, got '{word}'"
        )
    return seconds


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    wrong = _wrong_use(args)
    if wrong:
        print(f"pointsman keys: {wrong}", file=sys.stderr)
        return 2
    state = _state(args)
    if state == MEMORY:
        raise ConfigError(
            "keys in memory are gone when this command ends: name a file or postgresql://... with "
            "`state` or --state"
        )
    store = open_keys(state)
    try:
        return _ACTIONS[args.action](store, args)
    finally:
        store.close()


def _wrong_use(args: argparse.Namespace) -> str | None:
    """Say what is wrong with the arguments, or None."""
    made_with = (args.tenant, args.name, args.expires)
    if args.action == "create" and args.tenant is None:
        return "create needs --tenant NAME"
    if args.action != "create" and any(value is not None for value in made_with):
        return "--tenant, --name and --expires are for create"
    if (args.action == "revoke") != (args.id is not None):
        return "revoke needs the ID of a key, and nothing else takes one"
    if args.config is not None and args.state is not None:
        return "give -c CONFIG or --state URL"
    return None


def _state(args: argparse.Namespace) -> str:
    """Return the URL of the place where the keys are."""
    if args.state is not None:
        return str(args.state)
    if args.config is None:
        return _DEFAULT_STATE
    state = parse_config(read_source(args.config)).state
    return str(args.config.parent / state) if is_file(state) else state


def _create(store: KeyStore, args: argparse.Namespace) -> int:
    now = time.time()
    expires = None if args.expires is None else now + args.expires
    new = store.create(args.tenant, args.name or "", expires=expires, now=now)
    if args.json:
        print(_as_json({"secret": new.secret} | msgspec.structs.asdict(new.key)))
        return 0
    print(new.secret)
    until = "until it is revoked" if expires is None else f"until {_day(new.key.expires)} (UTC)"
    print(
        f"Key {new.key.id} of tenant {args.tenant} works {until}. The line above is shown this "
        "once: keep it now.",
        file=sys.stderr,
    )
    return 0


def _list(store: KeyStore, args: argparse.Namespace) -> int:
    now = time.time()
    keys = store.list()
    if args.json:
        rows = [msgspec.structs.asdict(key) | {"works": key.works(now)} for key in keys]
        print(_as_json(rows))
        return 0
    if not keys:
        print("no keys yet: pointsman keys create --tenant NAME")
        return 0
    lines = [_TITLES, *(_line(key, now) for key in keys)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_TITLES))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def _line(key: ClientKey, now: float) -> tuple[str, ...]:
    state = "works" if key.works(now) else "expired"
    state = state if key.revoked is None else f"revoked {_day(key.revoked)}"
    shown = f"{key.prefix}..."
    return key.id, shown, key.tenant, key.name, _day(key.created), _day(key.expires), state


def _day(at: int | None) -> str:
    return "-" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def _revoke(store: KeyStore, args: argparse.Namespace) -> int:
    key = store.revoke(args.id, time.time())
    if args.json:
        print(_as_json({"revoked": None if key is None else msgspec.structs.asdict(key)}))
    elif key is None:
        print(f"no key has the id {args.id}; `pointsman keys list` shows them", file=sys.stderr)
    else:
        print(f"Key {key.id} ({key.prefix}...) of tenant {key.tenant} no longer works.")
    return 1 if key is None else 0


def _as_json(said: object) -> str:
    return msgspec.json.encode(said).decode()


_ACTIONS: Mapping[str, Callable[[KeyStore, argparse.Namespace], int]] = {
    "create": _create,
    "list": _list,
    "revoke": _revoke,
}
