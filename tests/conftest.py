"""Values that many tests begin with: models, catalogs and signals, each built in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import ANSWER_TOKENS, Catalog, Endpoint, Model, Prices, Speed
from pointsman.catalog.sight import PiiTable
from pointsman.config.build import Setup, build_setup
from pointsman.config.load import Source, parse_config
from pointsman.encoder.bundle import Bundle, load_bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Measure, Scores
from pointsman.wire.chat import ChatRequest, chat_from_object

# A shared machine is slow now and then: what counts is that a law holds, not how fast it is shown.
settings.register_profile("pointsman", deadline=None)
settings.load_profile("pointsman")

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]
MakeRequest = Callable[..., ChatRequest]
MakeSetup = Callable[[str], Setup]


@pytest.fixture(scope="session")
def a_model() -> MakeModel:
    """Build a model card; prices are dollars per million tokens."""

    def build(
        name: str,
        family: str = "qwen3",
        *,
        price: float = 1.0,
        strength: float = 0.5,
        prices: Prices | None = None,
        upstream_name: str | None = None,
        context_window: int | None = None,
        images: bool = True,
        speed: Speed | None = None,
        answer_tokens: float = ANSWER_TOKENS,
        pii: PiiTable | None = None,
    ) -> Model:
        return Model(
            name=name,
            upstream_name=upstream_name or f"{name}-v1",
            family_name=family,
            family=FAMILIES[family],
            prices=prices or Prices(price / 4, price),
            endpoints=(Endpoint("http://127.0.0.1:1/v1"),),
            strength=strength,
            context_window=context_window,
            images=images,
            speed=speed,
            answer_tokens=answer_tokens,
            pii=pii or {},
        )

    return build


@pytest.fixture(scope="session")
def a_catalog() -> MakeCatalog:
    def build(*models: Model) -> Catalog:
        return Catalog({model.name: model for model in models})

    return build


@pytest.fixture(scope="session")
def some_signals() -> MakeSignals:
    """Build signals from the four outcome probabilities' margins, a domain and counts."""

    def build(
        p_gain: float = 0.3,
        p_loss: float = 0.05,
        both: float = 0.5,
        *,
        extra_tokens: float = 500.0,
        characters: float = 400.0,
        domain: str = "math",
        p_domain: float = 0.9,
        keywords: tuple[str, ...] = (),
    ) -> Signals:
        return {
            "domain": Scores({"math": 0.0, "law": 0.0, "other": 1 - p_domain, domain: p_domain}),
            "reasoning": Measure(
                {
                    "p_gain": p_gain,
                    "p_loss": p_loss,
                    "p_light": both + p_loss,
                    "p_heavy": both + p_gain,
                    "extra_tokens": extra_tokens,
                }
            ),
            "surface": Measure(
                {
                    "characters": characters,
                    "prompt_tokens": characters / 4,
                    "turns": 1.0,
                    "tools": 0.0,
                    "images": 0.0,
                    "media": 0.0,
                    "tool_loop": 0.0,
                }
            ),
            "keywords": Scores(dict.fromkeys(keywords, 1.0), exclusive=False),
        }

    return build


@pytest.fixture(scope="session")
def a_request() -> MakeRequest:
    """Build a request from its fields; a text stands for one user message."""

    def build(text: str = "How are you?", **fields: object) -> ChatRequest:
        return chat_from_object({"messages": [{"role": "user", "content": text}], **fields})

    return build


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """The shipped bundle."""
    return load_bundle()


@pytest.fixture(scope="session")
def encoder(bundle: Bundle) -> OnnxEncoder:
    """The shipped encoder, a full pass for each text; tests ask little of how good it is."""
    return OnnxEncoder(bundle, first_tier=False)


@pytest.fixture(scope="session")
def a_setup(bundle: Bundle) -> MakeSetup:
    """Build what a router runs on from the text of a config."""

    def build(text: str) -> Setup:
        source = Source("pointsman.yaml", text)
        return build_setup(parse_config(source), bundle, source)

    return build


@pytest.fixture
def config_file(tmp_path: Path) -> Callable[[str], Path]:
    """Write a config file."""

    def write(text: str) -> Path:
        path = tmp_path / "pointsman.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
