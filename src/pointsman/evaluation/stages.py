"""One decision taken apart: how long each stage of the real path takes."""

import time

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.config.build import Setup
from pointsman.encoder.bundle import Bundle
from pointsman.encoder.encoding import Asked, Encoding
from pointsman.encoder.first_tier import FirstTier
from pointsman.encoder.memory import EncodingMemory
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.encoder.pieces import PieceReader, Pieces
from pointsman.evaluation.stats import Spread, spread
from pointsman.evaluation.texts import MARKS
from pointsman.exchange.drive import drive
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import route
from pointsman.policy.world import World
from pointsman.router import Router, new_id
from pointsman.signals import asked_of
from pointsman.wire.chat import parse_chat

LENGTHS = (16, 64, 128, 256, 512)
"""Tokens of a prompt, with the two marks that the encoder adds."""


class Times(msgspec.Struct, frozen=True):
    """One decision, in seconds per stage.

    Attributes:
        parse: `parse_chat`: bytes to a typed request.
        tokenize: Text to word pieces.
        first_tier: The first tier's look-up; its scores are blended into those of the pass.
        encoder: The graph's pass, and the calibration of its outputs.
        decide: Everything else of `route`: prompt, signals, rules, choice, plan and record.
        edit: The body that goes upstream.
        total: From the client's bytes to the bytes that go upstream.
    """

    parse: float
    tokenize: float
    first_tier: float
    encoder: float
    decide: float
    edit: float
    total: float


STAGES = Times.__struct_fields__


class ClockedPieces(PieceReader):
    """The real reader of word pieces, with a clock."""

    seconds = 0.0

    def judged(self, text: str) -> Pieces:
        """Tokenize, and note how long it took."""
        began = time.perf_counter()
        pieces = super().judged(text)
        self.seconds += time.perf_counter() - began
        return pieces

    def windows(self, text: str, most: int) -> tuple[list[Pieces], int]:
        """Tokenize a long text, and note how long it took."""
        began = time.perf_counter()
        found = super().windows(text, most)
        self.seconds += time.perf_counter() - began
        return found


class ClockedTier(FirstTier):
    """The real first tier, with a clock."""

    seconds = 0.0

    def logits(self, pieces: NDArray[np.int32]) -> NDArray[np.float32]:
        """Look up, and note how long it took."""
        began = time.perf_counter()
        logits = super().logits(pieces)
        self.seconds += time.perf_counter() - began
        return logits


class ClockedEncoder(OnnxEncoder):
    """The real encoder with clocks around its parts; every text gets a full pass.

    The first tier reads too, as its scores are blended into the encoder's, but may not answer
    alone: what is measured is what a text costs that it is not certain of.
    """

    seconds = 0.0
    read = 0

    def __init__(self, bundle: Bundle, *, intra_threads: int = 1) -> None:
        super().__init__(bundle, intra_threads=intra_threads, first_tier=False)
        manifest = bundle.manifest
        self.pieces: ClockedPieces = ClockedPieces(
            bundle.file(manifest.tokenizer), manifest.max_tokens
        )
        note = manifest.first_tier
        self._clocked_tier = ClockedTier(note, bundle.file(note.file)) if note else None
        self._tier = self._clocked_tier

    def encode(self, text: str, asked: Asked) -> Encoding:
        """Encode, and note how long it took, tokenizing and first tier included."""
        began = time.perf_counter()
        encoding = super().encode(text, asked)
        self.seconds += time.perf_counter() - began
        self.read += encoding.tokens + MARKS * encoding.passes
        return encoding

    @property
    def first_tier_s(self) -> float:
        """Seconds that the first tier has taken."""
        return self._clocked_tier.seconds if self._clocked_tier is not None else 0.0

    def reset(self) -> None:
        """Set the clocks back."""
        self.seconds = self.pieces.seconds = 0.0
        self.read = 0
        if self._clocked_tier is not None:
            self._clocked_tier.seconds = 0.0


class Clock:
    """Takes decisions one by one on the real path and clocks each stage.

    Args:
        setup: The config to decide by.
        remember: Whether a text that was read before is recalled instead of read again.
        everything: Whether every signal is measured, not only those that the policy asks for.
    """

    def __init__(self, setup: Setup, *, remember: bool = False, everything: bool = False) -> None:
        self.encoder = ClockedEncoder(
            setup.bundle, intra_threads=setup.config.encoder.intra_threads
        )
        self._world = _measuring_everything(setup) if everything else setup.world
        self._router = Router(setup)
        self._router.encoder = self.encoder
        self._router.memory = EncodingMemory(setup.config.encoder.remember if remember else 0)

    def decide(self, body: bytes) -> Times:
        """Take one decision."""
        encoder, router = self.encoder, self._router
        encoder.reset()
        began = time.perf_counter()
        request = parse_chat(body)
        parsed = time.perf_counter()
        exchange = route(request, self._world, decision_id=new_id())
        plan = drive(exchange, router.encode, router.sessions)
        planned = time.perf_counter()
        if isinstance(plan, Forward):
            plan.body()
        ended = time.perf_counter()
        tokenize, first_tier = encoder.pieces.seconds, encoder.first_tier_s
        return Times(
            parse=parsed - began,
            tokenize=tokenize,
            first_tier=first_tier,
            encoder=encoder.seconds - tokenize - first_tier,
            decide=planned - parsed - encoder.seconds,
            edit=ended - planned,
            total=ended - began,
        )

    @property
    def read(self) -> int:
        """Tokens that the encoder read for the last decision; 0 when it recalled the text.

        With every signal measured, texts beside the judged one count too.
        """
        return self.encoder.read

    def count(self, text: str) -> int:
        """Return the word pieces of a short text, without the two marks."""
        return self.encoder.pieces.judged(text).count


def _measuring_everything(setup: Setup) -> World:
    asked = asked_of(setup.shelf, setup.config.encoder.max_windows)
    return msgspec.structs.replace(setup.world, detectors=setup.shelf, asked=asked)


def spreads(times: list[Times]) -> dict[str, Spread]:
    """Summarise decisions stage by stage."""
    return {stage: spread([getattr(one, stage) for one in times]) for stage in STAGES}
