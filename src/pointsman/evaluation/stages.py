"""One decision taken apart: how long each stage of the real path takes."""

import time

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.config.build import Setup
from pointsman.encoder.encoding import Encoding
from pointsman.encoder.memory import EncodingMemory
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.evaluation.stats import Spread, spread
from pointsman.evaluation.texts import MARKS
from pointsman.exchange.drive import drive
from pointsman.exchange.route import route
from pointsman.router import Router, new_id
from pointsman.wire.chat import parse_chat

LENGTHS = (16, 64, 128, 256, 512)
"""Tokens of a prompt, with the two marks that the encoder adds."""


class Times(msgspec.Struct, frozen=True):
    """One decision, in seconds per stage.

    Attributes:
        parse: `parse_chat`: bytes to a typed request.
        tokenize: Text to word pieces.
        encoder: The graph's one pass, and the calibration of its outputs.
        decide: Everything else of `route`: prompt, signals, rules, choice, plan and record.
        edit: The body that goes upstream.
        total: From the client's bytes to the bytes that go upstream.
    """

    parse: float
    tokenize: float
    encoder: float
    decide: float
    edit: float
    total: float


STAGES = Times.__struct_fields__


class ClockedEncoder(OnnxEncoder):
    """The real encoder with a clock around its two halves."""

    tokenize_s = 0.0
    encode_s = 0.0
    read = 0

    def tokenize(self, text: str) -> tuple[NDArray[np.int32], bool]:
        """Tokenize, and note how long it took."""
        began = time.perf_counter()
        pieces = super().tokenize(text)
        self.tokenize_s = time.perf_counter() - began
        return pieces

    def encode(self, text: str) -> Encoding:
        """Encode, and note how long it took, tokenizing included."""
        began = time.perf_counter()
        encoding = super().encode(text)
        self.encode_s = time.perf_counter() - began
        self.read = encoding.tokens + MARKS
        return encoding


class Clock:
    """Takes decisions one by one on the real path and clocks each stage.

    Args:
        setup: The config to decide by.
        remember: Whether a text that was read before is recalled instead of read again.
    """

    def __init__(self, setup: Setup, *, remember: bool = False) -> None:
        self.encoder = ClockedEncoder(
            setup.bundle, intra_threads=setup.config.encoder.intra_threads
        )
        self._router = Router(setup)
        self._router.encoder = self.encoder
        self._router.memory = EncodingMemory(setup.config.encoder.remember if remember else 0)

    def decide(self, body: bytes) -> Times:
        """Take one decision."""
        encoder, router = self.encoder, self._router
        encoder.tokenize_s = encoder.encode_s = 0.0
        encoder.read = 0
        began = time.perf_counter()
        request = parse_chat(body)
        parsed = time.perf_counter()
        exchange = route(request, router.setup.world, decision_id=new_id())
        plan = drive(exchange, router.encode, router.sessions)
        planned = time.perf_counter()
        plan.body()
        ended = time.perf_counter()
        return Times(
            parse=parsed - began,
            tokenize=encoder.tokenize_s,
            encoder=encoder.encode_s - encoder.tokenize_s,
            decide=planned - parsed - encoder.encode_s,
            edit=ended - planned,
            total=ended - began,
        )

    @property
    def read(self) -> int:
        """Tokens that the encoder read for the last decision; 0 when it recalled the text."""
        return self.encoder.read

    def count(self, text: str) -> int:
        """Return the word pieces of a short text, without the two marks."""
        return int(self.encoder.tokenize(text)[0].shape[1]) - MARKS


def spreads(times: list[Times]) -> dict[str, Spread]:
    """Summarise decisions stage by stage."""
    return {stage: spread([getattr(one, stage) for one in times]) for stage in STAGES}
