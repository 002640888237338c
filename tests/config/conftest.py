"""Configs on a bundle whose recorded outcomes are known by heart."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pointsman.config.build import Setup, build_setup
from pointsman.config.load import Source, parse_config
from pointsman.encoder.bundle import Bundle
from pointsman.errors import ConfigError
from pointsman.statistics.outcome_point import OutcomePoint

# Of 1,000 questions, thinking gains nothing on half and 0.4 on the other half, as was foreseen.
OUTCOMES = (
    OutcomePoint(0.8, 0.8, 300.0, (380.0, 20.0, 20.0, 80.0)),
    OutcomePoint(0.4, 0.8, 900.0, (200.0, 200.0, 0.0, 100.0)),
)

Build = Callable[[str], Setup]


@pytest.fixture(scope="session")
def recorded(bundle: Bundle) -> Bundle:
    """The shipped bundle with these outcomes in its manifest."""
    manifest = msgspec.structs.replace(bundle.manifest, outcomes=OUTCOMES)
    return msgspec.structs.replace(bundle, manifest=manifest)


@pytest.fixture(scope="session")
def built(recorded: Bundle) -> Build:
    """Build what a router runs on from the text of a config."""

    def build(text: str) -> Setup:
        source = Source("pointsman.yaml", text)
        return build_setup(parse_config(source), recorded, source)

    return build


@pytest.fixture(scope="session")
def refused(built: Build) -> Callable[[str], tuple[str, Any]]:
    """Say what is wrong with the text of a config: the message and the path."""

    def refuse(text: str) -> tuple[str, Any]:
        with pytest.raises(ConfigError) as caught:
            built(text)
        return caught.value.message, caught.value.param

    return refuse
