"""Library mode: one object that decides, without a server."""

from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import uuid4

from pointsman.config.build import Setup, load_setup
from pointsman.config.foreign import load_foreign
from pointsman.encoder.encoding import Asked, Encoding
from pointsman.encoder.memory import EncodingMemory, text_key
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.encoder.pool import EncoderPool, default_workers
from pointsman.exchange.drive import drive, drive_async
from pointsman.exchange.measuring import encoded
from pointsman.exchange.plan import Forward, Plan, Refuse
from pointsman.exchange.route import route
from pointsman.exchange.sessions import Sessions
from pointsman.policy.counterfactual import Counterfactual, counterfactual
from pointsman.policy.guard import GUARD
from pointsman.signals import Reading, Signals, asked_of, measure, read
from pointsman.signals.text_reader import TextReader
from pointsman.wire.chat import ChatRequest, chat_from_object
from pointsman.wire.prompt import read_prompt


class Router:
    """Decides where requests go; holds the encoder and the conversations it has seen.

    Use `Router.from_config(path)` or `Router.default()`; both take well under a second.

    Raises:
        ConfigError: The config file is wrong.
        BundleError: The encoder bundle is missing or damaged.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        encoder = setup.config.encoder
        self.encoder = OnnxEncoder(
            setup.bundle, intra_threads=encoder.intra_threads, first_tier=encoder.first_tier
        )
        self._foreign = load_foreign()
        self.memory = EncodingMemory(encoder.remember)
        sessions = setup.config.sessions
        self.sessions = Sessions(capacity=sessions.capacity, ttl_s=sessions.ttl_s)
        self._pool: EncoderPool | None = None

    @classmethod
    def from_config(cls, path: str | Path) -> "Router":
        """Make a router from a config file."""
        return cls(load_setup(Path(path)))

    @classmethod
    def default(cls) -> "Router":
        """Make a router from the config that ships with pointsman."""
        return cls(load_setup())

    @property
    def reader(self) -> TextReader:
        """Whoever reads a text: the encoder, and what sees more in it than one pass does."""
        return TextReader(self.encoder, self._foreign)

    def encode(self, text: str, asked: Asked) -> Encoding:
        """Read one text, or recall it."""
        key = text_key(text, asked)
        known = self.memory.get(key)
        if known is None:
            known = self.reader.encode(text, asked)
            self.memory.put(key, known)
        return known

    def classify(
        self, request: dict[str, Any] | ChatRequest, *, signals: Collection[str] | None = None
    ) -> tuple[Signals, Reading]:
        """Measure a request without deciding.

        Args:
            request: An OpenAI chat-completion request; only its messages matter.
            signals: Names of the signals wanted; by default all. What is not wanted is not
                computed, and where the first tier is certain of the rest it answers alone.

        Raises:
            RequestError: It is no valid chat request.
        """
        prompt = read_prompt(_typed(request))
        shelf = [d for d in self.setup.shelf if signals is None or d.name in signals]
        asked = asked_of(shelf, self.setup.config.encoder.max_windows)
        reading = drive(encoded(read(prompt, asked)), self.encode, self.sessions)
        return measure(shelf, prompt, reading), reading

    def route(
        self, request: dict[str, Any] | ChatRequest, *, conversation: str | None = None
    ) -> Forward:
        """Decide where a request goes, and how its body must change for that.

        Args:
            request: An OpenAI chat-completion request; without `model`, pointsman chooses.
            conversation: The caller's name for the conversation, if it has one.

        Raises:
            RequestError: It is no valid chat request, or no model can take it.
            RefusedError: The guard refuses it.
            UncheckedError: The guard could not read it, and nothing goes unread.
        """
        return _forward(self.plan(request, conversation=conversation))

    def plan(
        self, request: dict[str, Any] | ChatRequest, *, conversation: str | None = None
    ) -> Plan:
        """Decide as `route` does; a refusal is returned, with what was measured.

        Raises:
            RequestError: It is no valid chat request, or no model can take it.
        """
        exchange = route(
            _typed(request), self.setup.world, decision_id=new_id(), conversation=conversation
        )
        return drive(exchange, self.encode, self.sessions)

    async def aroute(
        self, request: dict[str, Any] | ChatRequest, *, conversation: str | None = None
    ) -> Forward:
        """Decide as `route` does, with the encoder beside the event loop.

        Raises:
            RequestError: As `route`.
            OverloadedError: Too many requests wait for the encoder.
        """
        exchange = route(
            _typed(request), self.setup.world, decision_id=new_id(), conversation=conversation
        )
        return _forward(await drive_async(exchange, self.pool(), self.sessions))

    def pool(self) -> EncoderPool:
        """Return the pool that reads beside the event loop, started at its first use."""
        if self._pool is None:
            encoder = self.setup.config.encoder
            self._pool = EncoderPool(
                self.reader,
                workers=encoder.workers or default_workers(),
                queue=encoder.queue,
                memory=self.memory,
            )
        return self._pool

    def what_if(self, plan: Forward) -> Counterfactual | None:
        """Say what would have changed a decision; None where nothing measured would, nor λ."""
        world = self.setup.world
        if plan.question.named is not None or plan.rule == GUARD:
            return None
        return counterfactual(plan.question, plan.decision, world.policy, world.catalog)

    def adopt(self, setup: Setup) -> "Router":
        """Return a router on another config that keeps what this one has read and seen.

        The bundle must be the same one; with another, make a new router.
        """
        if setup.bundle.manifest != self.setup.bundle.manifest:
            return Router(setup)
        other = Router.__new__(Router)
        other.__dict__.update(self.__dict__)
        other.setup = setup
        return other

    def close(self) -> None:
        """Stop the encoder's threads."""
        if self._pool is not None:
            self._pool.close()


def new_id() -> str:
    """Return a fresh decision id."""
    return f"dec_{uuid4().hex}"


def _forward(plan: Plan) -> Forward:
    if isinstance(plan, Refuse):
        raise plan.error
    return plan


def _typed(request: dict[str, Any] | ChatRequest) -> ChatRequest:
    return request if isinstance(request, ChatRequest) else chat_from_object(request)
