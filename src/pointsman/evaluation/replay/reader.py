"""Reads each question once, as a client's request is read, and asks every head of the one reading.

The generic head is the one that serving uses. A pair's own head needs the embedding, which the
first tier does not have: a text that such a head judges always gets a pass of the encoder.
"""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from pointsman.config.build import Setup
from pointsman.errors import BundleError
from pointsman.evaluation.reader import setup_of
from pointsman.evaluation.replay.heads import pair_head
from pointsman.router import Router
from pointsman.signals.findings import Measure, Scores
from pointsman.signals.learned import LearnedReasoningDetector
from pointsman.signals.surface import BYTES_PER_TOKEN
from pointsman.wire.chat import ChatRequest, chat_from_object
from pointsman.wire.prompt import read_prompt

SIGNALS = ("reasoning", "domain")
_WARM_UP = "How many prime numbers are there below one hundred?"


class Estimate(msgspec.Struct, frozen=True):
    """What a head foresees of a question.

    Attributes:
        p_gain: Probability that only the heavy answer is right.
        p_loss: Probability that only the light one is.
        extra_tokens: Output tokens that the heavy answer takes more.
    """

    p_gain: float
    p_loss: float
    extra_tokens: float

    @property
    def score(self) -> float:
        """The expected gain in right answers."""
        return self.p_gain - self.p_loss


class Seen(msgspec.Struct, frozen=True):
    """What the router made of a text.

    Attributes:
        domain: The most probable one.
        prompt_tokens: As serving estimates them, four bytes each.
        seconds: How long the router took.
        generic: By the head that serving uses.
        own: By the heads of pairs, by the pair's name.
    """

    domain: str
    prompt_tokens: float
    seconds: float
    generic: Estimate
    own: Mapping[str, Estimate]


class ReplayReader:
    """Texts through `Router.classify`, with only the signals `reasoning` and `domain`.

    Args:
        config: A config file; the shipped one when None.
        bundle: Folder of another bundle than the config's.
        pairs: Names of pairs whose own heads are wanted, where they are shipped.

    Raises:
        ConfigError: The config is wrong.
        BundleError: The bundle or a shipped head cannot be used.

    Attributes:
        setup: What the router runs on.
        heads: The pairs' own heads that there are, by the pair's name.
    """

    def __init__(self, config: Path | None, bundle: Path | None, pairs: Iterable[str] = ()) -> None:
        self.setup = setup_of(config, bundle, SIGNALS)
        found = {name: pair_head(self.setup.bundle, name) for name in pairs}
        self.heads = {name: head for name, head in found.items() if head is not None}
        self._own = {name: LearnedReasoningDetector(head) for name, head in self.heads.items()}
        self._generic = next(each for each in self.setup.shelf if each.name == SIGNALS[0])
        self._plain = Router(self.setup)
        self._wide = self._plain.adopt(self._asking_all()) if self._own else self._plain
        self._plain.classify(_request(_WARM_UP), signals=SIGNALS)

    def read(self, text: str, pairs: Iterable[str]) -> Seen:
        """Read a text once, whatever the number of pairs whose heads judge it."""
        own = {name: self._own[name] for name in pairs if name in self._own}
        router = self._wide if own else self._plain
        request = _request(text)
        began = time.perf_counter()
        signals, reading = router.classify(request, signals=SIGNALS)
        seconds = time.perf_counter() - began
        prompt = read_prompt(request)
        domain = signals["domain"]
        if not isinstance(domain, Scores) or domain.top is None:
            raise BundleError("the bundle's domain head has no labels")
        return Seen(
            domain=domain.top[0],
            prompt_tokens=prompt.size_bytes / BYTES_PER_TOKEN,
            seconds=seconds,
            generic=_estimate(self._generic(prompt, reading)),
            own={name: _estimate(each(prompt, reading)) for name, each in own.items()},
        )

    def _asking_all(self) -> Setup:
        """The same, with a detector that asks the encoder for all that learned heads need."""
        others = (each for each in self.setup.shelf if each is not self._generic)
        return msgspec.structs.replace(self.setup, shelf=(next(iter(self._own.values())), *others))


def _estimate(finding: object) -> Estimate:
    if not isinstance(finding, Measure):
        raise BundleError("the signal `reasoning` gives no numbers")
    values = finding.values
    return Estimate(values["p_gain"], values["p_loss"], values["extra_tokens"])


def _request(text: str) -> ChatRequest:
    return chat_from_object({"messages": [{"role": "user", "content": text}]})
