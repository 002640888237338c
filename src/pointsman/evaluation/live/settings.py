"""What a live run is told on the command line, checked once."""

import argparse
import os
from pathlib import Path

import msgspec

from pointsman.catalog.families import FAMILIES, Family
from pointsman.catalog.models import Endpoint
from pointsman.config.load import parse_config, read_source
from pointsman.errors import ConfigError
from pointsman.evaluation.live.arms import ARMS, OFF, ON, Form, cap_field_of, check_key
from pointsman.evaluation.live.questions import default_questions
from pointsman.evaluation.rows import DATA_VARIABLE, DEFAULT_DATA
from pointsman.statistics.halves import Half
from pointsman.wire.chat import AUTO

_CAPS = (2048, 16384)
"""The one under which a model that reasons is often cut off, and one that leaves it room."""
_OUTCOMES = (
    "JSON Lines, one per question, arm and cap, as `pointsman learn` reads them. They hold the "
    "questions' texts: the file is yours to guard. `learn` takes the mean over several caps"
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A live run.

    Attributes:
        server: Where the arms `off` and `on` ask; None without them.
        router: Where the arm `auto` asks; None where this process decides, by `config`.
        per_category: Most questions of a category.
        timeout_s: Most seconds of one attempt.
    """

    model: str
    family_name: str
    family: Family
    arms: tuple[str, ...]
    caps: tuple[int, ...]
    server: Endpoint | None
    router: Endpoint | None
    config: Path | None
    questions: Path
    half: Half | None
    per_category: int
    seed: int
    concurrency: int
    timeout_s: float
    form: Form
    outcomes: Path
    resume: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what a live run takes."""
    group = parser.add_argument_group("reasoning --live")
    add = group.add_argument
    add("--live", action="store_true", help="ask a model of yours, and measure its answers")
    add("--base-url", metavar="URL", help="of its OpenAI-compatible server, up to and with /v1")
    add("--model", metavar="NAME", help="its name there")
    add("--family", default="qwen3", help="whose switch of reasoning it knows (default: qwen3)")
    add("--router-url", metavar="URL", help="`pointsman serve`, for the arm auto; or give -c")
    add("--arms", type=_arms, default=(OFF, ON), metavar="LIST", help="of off,on,auto (off,on)")
    add(
        "--cap", type=_counts, default=_CAPS, metavar="LIST", help="most output tokens (2048,16384)"
    )
    add("--n", type=_count, default=100, help="questions per category (default: 100)")
    add("--seed", type=int, default=0, metavar="N", help="of the draw of questions (default: 0)")
    add("--concurrency", type=_count, default=4, metavar="N", help="requests at once (default: 4)")
    add("--timeout", type=_seconds, default=600.0, metavar="S", help="per answer (default: 600 s)")
    add("--temperature", type=float, metavar="T", help="default: the server's own")
    add("--api-key-env", metavar="NAME", help="environment variable with the server's key")
    add("--router-key-env", metavar="NAME", help="environment variable with the router's key")
    add(
        "--questions",
        type=Path,
        metavar="FILE",
        help="a table as of MMLU-Pro, or JSON Lines {id, text or question and options, answer: "
        "letter, category} (default: outcomes/mmlu_pro_questions of the data)",
    )
    add("--outcomes", type=Path, metavar="FILE", help=_OUTCOMES)
    add("--resume", action="store_true", help="go on with --outcomes: ask only what is not there")


def settings_of(args: argparse.Namespace) -> Settings:
    """Check the arguments.

    Raises:
        ConfigError: Something is missing, contradicts, or is not there.
    """
    for option in ("model", "outcomes"):
        if not getattr(args, option):
            raise ConfigError(f"--live: give --{option}")
    for option in ("split", "bundle"):
        if getattr(args, option) is not None:
            raise ConfigError(f"--live knows no --{option}: take it out")
    if not args.outcomes.parent.is_dir():
        raise ConfigError(f"--outcomes {args.outcomes}: there is no folder {args.outcomes.parent}")
    data = Path(args.data or os.environ.get(DATA_VARIABLE) or DEFAULT_DATA)
    return Settings(
        model=args.model,
        family_name=args.family,
        family=_family(args.family, args.config),
        arms=args.arms,
        caps=args.cap,
        server=_server(args),
        router=_router(args),
        config=args.config,
        questions=args.questions or default_questions(data),
        half=args.half,
        per_category=args.n,
        seed=args.seed,
        concurrency=args.concurrency,
        timeout_s=args.timeout,
        form=Form(cap_field_of(args.family), args.temperature),
        outcomes=args.outcomes,
        resume=args.resume,
    )


def _server(args: argparse.Namespace) -> Endpoint | None:
    if not {OFF, ON} & set(args.arms):
        return None
    if args.base_url is None:
        raise ConfigError("--live: give the model's server with --base-url")
    return _endpoint("--base-url", args.base_url, args.api_key_env)


def _router(args: argparse.Namespace) -> Endpoint | None:
    if AUTO not in args.arms:
        return None
    if args.router_url is None and args.config is None:
        raise ConfigError(
            f"--arms {AUTO}: give a running router with --router-url, or a config with -c to "
            "decide in this process"
        )
    if args.router_url is None:
        return None
    return _endpoint("--router-url", args.router_url, args.router_key_env)


def _endpoint(option: str, url: str, key: str | None) -> Endpoint:
    try:
        endpoint = msgspec.convert({"url": url, "api_key_env": key}, Endpoint)
    except msgspec.ValidationError as error:  # its message does not hold the address
        raise ConfigError(
            f"{option}: expected an address such as http://127.0.0.1:8000/v1, without user, "
            "password or query"
        ) from error
    return check_key(endpoint)


def _family(name: str, config: Path | None) -> Family:
    families = dict(FAMILIES)
    if config is not None:
        families.update(parse_config(read_source(config)).families)
    if name not in families:
        raise ConfigError(f"--family {name} is not known; there is: {', '.join(families)}")
    return families[name]


def _arms(words: str) -> tuple[str, ...]:
    arms = tuple(words.split(","))
    if len(set(arms)) < len(arms) or not set(arms) <= set(ARMS):
        raise argparse.ArgumentTypeError(f"`{words}`: expected some of {','.join(ARMS)}, each once")
    return arms


def _counts(words: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_count(word) for word in words.split(",")))


def _count(word: str) -> int:
    if not word.strip().isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"`{word}`: expected a whole number above 0")
    return int(word)


def _seconds(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"`{word}`: expected seconds above 0")
    return seconds
