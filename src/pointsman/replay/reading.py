"""Reads texts with the encoder and decides each, as a server would for a lone user turn."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from pointsman.config.build import Setup
from pointsman.errors import RequestError
from pointsman.policy.decide import Decision
from pointsman.policy.question import Question
from pointsman.replay.choices import Ground
from pointsman.router import Router
from pointsman.signals.detector import value_of

_BLOCK = 1000
"""Texts read by one config before the next one reads them: their encodings are then remembered."""


class Verdict(msgspec.Struct, frozen=True):
    """What a config decides of a text.

    Attributes:
        decision: None where it would refuse the request; `refused` says why.
        prompt_tokens: About how many tokens the text has.
    """

    decision: Decision | None
    prompt_tokens: float
    refused: str = ""


def verdicts(
    texts: Sequence[str], setups: Sequence[Setup], jobs: int, progress: Callable[[int], None]
) -> Iterator[tuple[Verdict, ...]]:
    """Yield what each config decides of each text.

    Args:
        texts: User turns.
        setups: Checked configs; those of one encoder bundle share its passes.
        jobs: Threads that read.
        progress: Is told how many texts are decided.
    """
    first = Router(setups[0])
    routers = [first, *(first.adopt(setup) for setup in setups[1:])]
    with ThreadPoolExecutor(jobs) as pool:
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            found = [list(pool.map(_judge(router), block)) for router in routers]
            yield from zip(*found, strict=True)
            progress(start + len(block))


def _judge(router: Router) -> Callable[[str], Verdict]:
    world = router.setup.world
    ground = Ground(world.policy, world.catalog)
    names = [detector.name for detector in world.detectors]

    def judge(text: str) -> Verdict:
        request = {"messages": [{"role": "user", "content": text}]}
        signals, _ = router.classify(request, signals=names)
        # Splits assign by this; it is hashed and goes nowhere.
        question = Question(signals, conversation=text)
        tokens = value_of(signals["surface"], "prompt_tokens")
        try:
            return Verdict(ground.decide(question), tokens)
        except RequestError as error:
            return Verdict(None, tokens, error.code or "refused")

    return judge
