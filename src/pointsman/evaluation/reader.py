"""Reads texts as a client's requests are read, and beside it what the first tier says alone."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from pointsman.config.build import DEFAULT_CONFIG, Setup, build_world, load_setup
from pointsman.config.load import parse_config, read_source
from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.first_tier import FirstTier
from pointsman.errors import BundleError
from pointsman.router import Router
from pointsman.signals import Signals, default_detectors
from pointsman.wire.chat import ChatRequest, chat_from_object


class Read(msgspec.Struct, frozen=True):
    """What was measured of a text, and whether the first tier answered alone."""

    signals: Signals
    alone: bool


class Reader:
    """One text at a time through `Router.classify`, with only the signals that are scored.

    Args:
        config: A config file; the shipped one when None.
        bundle: Folder of another bundle than the config's.
        signals: Names of the signals wanted.

    Raises:
        ConfigError: The config is wrong.
        BundleError: The bundle cannot be used, or cannot measure one of the signals.
    """

    def __init__(self, config: Path | None, bundle: Path | None, signals: tuple[str, ...]) -> None:
        self.setup = setup_of(config, bundle, signals)
        self._signals = signals
        self._router = Router(self.setup)
        note = self.setup.bundle.manifest.first_tier
        self._tier = FirstTier(note, self.setup.bundle.file(note.file)) if note else None

    @property
    def bundle(self) -> str:
        """The bundle's name and version."""
        return self.setup.world.bundle

    def read(self, text: str) -> Read:
        """Measure a text."""
        signals, reading = self._router.classify(_request(text), signals=self._signals)
        tiers = {encoding.tier for encoding in reading.encodings}
        return Read(signals, alone=tiers == {"first"})

    def read_unaided(self, text: str) -> Signals:
        """Measure a text with a first tier that may not answer alone."""
        return self._unaided.classify(_request(text), signals=self._signals)[0]

    def tier_alone(self, text: str, head: str, *, whole: bool = False) -> Mapping[str, float]:
        """What the first tier says of a head, however sure it is; empty if it does not know it.

        Args:
            text: The text.
            head: Name of the head.
            whole: Whether the head sees all windows of a long text, not only its two ends; each
                label then has its highest value.
        """
        if self._tier is None:
            return {}
        pieces = self._router.encoder.pieces
        judged = pieces.judged(text)
        stretches = [judged]
        if whole and judged.cut:
            stretches, _ = pieces.windows(text, self.setup.config.encoder.max_windows)
        highest: dict[str, float] = {}
        for stretch in stretches:
            answer = self._tier.alone(self._tier.logits(stretch.ids[0, 1:-1]), (head,))
            for label, p in answer.scores.get(head, {}).items():
                highest[label] = max(p, highest.get(label, 0.0))
        return highest

    @cached_property
    def _unaided(self) -> Router:
        config = self.setup.config
        encoder = msgspec.structs.replace(config.encoder, first_tier=False)
        silent = msgspec.structs.replace(config, encoder=encoder)
        return Router(msgspec.structs.replace(self.setup, config=silent))


def setup_of(config: Path | None, bundle: Path | None, signals: tuple[str, ...]) -> Setup:
    """Return what a config and a bundle make, checked for the signals that are wanted.

    Raises:
        ConfigError: The config is wrong.
        BundleError: The bundle cannot be used, or cannot measure one of the signals.
    """
    setup = load_setup(config) if bundle is None else _on_another(config, bundle)
    known = {detector.name for detector in setup.shelf}
    if missing := [name for name in signals if name not in known]:
        raise BundleError(
            f"encoder bundle {setup.bundle.path} cannot measure {', '.join(missing)}: use "
            "a bundle made by the same version of `pointsman train`"
        )
    return setup


def _on_another(config: Path | None, bundle: Path) -> Setup:
    source = read_source(config or DEFAULT_CONFIG)
    parsed = parse_config(source)
    loaded = load_bundle(bundle)
    shelf = default_detectors(loaded.labels(), parsed.keywords)
    return Setup(parsed, build_world(parsed, loaded, source, shelf), loaded, shelf)


def _request(text: str) -> ChatRequest:
    return chat_from_object({"messages": [{"role": "user", "content": text}]})
