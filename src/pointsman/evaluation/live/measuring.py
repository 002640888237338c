"""One live run from its arguments to its report."""

import argparse
import asyncio
import contextlib
import importlib.util
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from rich.console import Console

from pointsman.config.build import load_setup
from pointsman.errors import ConfigError, MissingExtraError
from pointsman.evaluation.live import table
from pointsman.evaluation.live.arms import (
    Arm,
    Direct,
    InProcess,
    ThroughRouter,
    check_cards,
    switch_of,
)
from pointsman.evaluation.live.outcomes import Outcome, OutcomesFile
from pointsman.evaluation.live.probe import probe
from pointsman.evaluation.live.questions import Question, draw, on_side, read_questions
from pointsman.evaluation.live.run import Failures, Turn, run_turns, turns
from pointsman.evaluation.live.scores import LiveReport, WhatWasAsked, scores_of_cap
from pointsman.evaluation.live.settings import Settings, settings_of
from pointsman.evaluation.rows import RowsFile, Say
from pointsman.router import Router
from pointsman.wire.chat import AUTO


def measure(args: argparse.Namespace, say: Say) -> LiveReport:
    """Ask the model, and score what it said; Ctrl-C ends with what is there.

    Raises:
        ConfigError: An argument, a file or the config is wrong.
        MissingExtraError: The HTTP client is not installed.
        PointsmanError: An arm does not answer, or its switch has no effect.
    """
    if importlib.util.find_spec("aiohttp") is None:
        raise MissingExtraError(
            "`bench reasoning --live` needs the package aiohttp: pip install 'pointsman[serve]'"
        )
    settings = settings_of(args)
    file, questions = _questions(settings)
    planned = list(turns(questions, settings.arms, settings.caps))
    failures: Failures = Counter()
    with (
        OutcomesFile(settings.outcomes, resume=settings.resume) as kept,
        _arms(settings) as (arms, router),
    ):
        known = kept.read(settings.model, questions)
        pending = [turn for turn in planned if turn.key not in known]
        began = time.perf_counter()
        is_interrupted = _run(settings, arms, pending, kept.add, failures, say)
        seconds = time.perf_counter() - began
        known = kept.read(settings.model, questions)
    outcomes = [known[turn.key] for turn in planned if turn.key in known]
    return LiveReport(
        benchmark="reasoning, live",
        asked=_asked(settings),
        bundle=router.setup.world.bundle if router else None,
        switches=_switches(arms),
        questions=file,
        drawn=len(questions),
        planned=len(planned),
        resumed=len(planned) - len(pending),
        seconds=seconds,
        interrupted=is_interrupted,
        caps=tuple(scores_of_cap(cap, settings.arms, outcomes, failures) for cap in settings.caps),
    )


def show(report: LiveReport, console: Console) -> None:
    """Print the report as tables."""
    table.show_report(report, console)


def _questions(settings: Settings) -> tuple[RowsFile, list[Question]]:
    file, questions = read_questions(settings.questions)
    kept = on_side(questions, settings.half)
    if not kept:
        raise ConfigError(f"{settings.questions}: no question falls on the half `{settings.half}`")
    file = msgspec.structs.replace(file, half=settings.half, rows=len(kept))
    return file, draw(kept, settings.per_category, settings.seed)


@contextlib.contextmanager
def _arms(settings: Settings) -> Iterator[tuple[Mapping[str, Arm], Router | None]]:
    """Make the arms, and the router of this process if one decides; it is closed at the end."""
    arms: dict[str, Arm] = {}
    router = None
    for name in settings.arms:
        if name != AUTO:
            assert settings.server is not None  # noqa: S101  # settings_of has seen to it
            switch = switch_of(name, settings.family_name, settings.family)
            arms[name] = Direct(name, switch, settings.model, settings.server, settings.form)
        elif settings.router is not None:
            arms[name] = ThroughRouter(settings.router, settings.form)
        else:
            setup = load_setup(settings.config)
            check_cards(list(setup.world.catalog.models.values()))
            router = Router(setup)
            arms[name] = InProcess(router, settings.form)
    try:
        yield arms, router
    finally:
        if router is not None:
            router.close()


def _run(
    settings: Settings,
    arms: Mapping[str, Arm],
    pending: Sequence[Turn],
    keep: Callable[[Outcome], None],
    failures: Failures,
    say: Say,
) -> bool:
    """Try the arms and send what is pending; says whether Ctrl-C ended it."""
    from pointsman.evaluation.live.client import Asker  # noqa: PLC0415  # extra

    async def ask() -> None:
        async with Asker.open(settings.timeout_s) as asker:
            say("live: trying each arm")
            await probe(list(arms.values()), asker)
            await run_turns(
                pending,
                arms,
                asker,
                model=settings.model,
                concurrency=settings.concurrency,
                keep=keep,
                failures=failures,
                say=say,
            )

    if not pending:
        return False
    try:
        asyncio.run(ask())
    except KeyboardInterrupt:
        return True
    return False


def _switches(arms: Mapping[str, Arm]) -> dict[str, str]:
    return {
        name: msgspec.json.encode(arm.switch).decode() for name, arm in arms.items() if arm.switch
    }


def _asked(settings: Settings) -> WhatWasAsked:
    router = settings.router.url if settings.router else f"this process, with {settings.config}"
    return WhatWasAsked(
        model=settings.model,
        family=settings.family_name,
        server=settings.server.url if settings.server else None,
        router=router if AUTO in settings.arms else None,
        temperature=settings.form.temperature,
        per_category=settings.per_category,
        seed=settings.seed,
        concurrency=settings.concurrency,
        outcomes=str(settings.outcomes),
    )
