"""The models of a file, and everything about them that types alone cannot check."""

from collections.abc import Callable

import pytest

from pointsman.catalog.models import ANSWER_TOKENS, Endpoint, Prices, Speed
from pointsman.config.build import Setup

MakeSetup = Callable[[str], Setup]
Refused = Callable[[str], tuple[str, str]]

WRONG: list[tuple[str, int, str, str]] = [
    # text, line, what and the mend, path
    ("models: {auto: {url: 'http://h/v1'}}", 1, "means 'you choose'", "$.models.auto"),
    ("models: {MoM: {url: 'http://h/v1'}}", 1, "means 'you choose'", "$.models.MoM"),
    ("models: {'': {url: 'http://h/v1'}}", 1, "printable characters", "$.models."),
    ('models: {"a\\r\\nx: y": {url: "http://h/v1"}}', 1, "printable", "$.models.a\r\nx: y"),
    ("models: {a: {}}", 1, "expected either `url` or `endpoints`", "$.models.a"),
    (
        "models: {a: {url: 'http://h/v1', endpoints: [{url: 'http://h/v1'}]}}",
        1,
        "expected either `url` or `endpoints`",
        "$.models.a",
    ),
    (
        "models:\n  a:\n    url: http://h/v1\n    family: qwen",
        4,
        "unknown family `qwen`, did you mean `qwen3`?; known are: generic, qwen3,",
        "$.models.a.family",
    ),
]


@pytest.mark.parametrize(("text", "line", "what", "path"), WRONG, ids=[t for t, *_ in WRONG])
def test_a_wrong_model_is_said_with_its_place_and_mend(
    text: str, line: int, what: str, path: str, refused: Refused
) -> None:
    message, where = refused(text)
    assert message.startswith(f"pointsman.yaml:{line}: ")
    assert what in message
    assert where == path


def test_a_models_card_is_filled_from_what_is_said_and_what_is_not(built: MakeSetup) -> None:
    catalog = built(
        "models:\n"
        "  plain: {url: 'http://h/v1', usd_per_million: {output: 1}}\n"
        "  full:\n"
        "    name: org/full\n"
        "    family: openai\n"
        "    endpoints: [{url: 'https://a/v1'}, {url: 'https://b/v1', weight: 3,"
        " api_key_env: KEY_B, health_path: /alive}]\n"
        "    api_key_env: KEY\n"
        "    health_path: /health\n"
        "    usd_per_million: {input: 1, output: 9, cached_input: 0.5, reasoning: 10}\n"
        "    strength: 0.7\n"
        "    context_window: 1000\n"
        "    max_output_tokens: 500\n"
        "    answer_tokens: 120\n"
        "    speed: {first_token_s: 0.2, tokens_per_s: 80}\n"
        "    images: false\n"
    ).world.catalog
    plain, full = catalog.models["plain"], catalog.models["full"]
    assert (plain.upstream_name, plain.family_name, plain.strength) == ("plain", "generic", 0.0)
    assert plain.endpoints == (Endpoint("http://h/v1"),)
    assert (plain.context_window, plain.images) == (None, True)
    assert (plain.speed, plain.answer_tokens) == (None, ANSWER_TOKENS)
    assert (full.upstream_name, full.family_name, full.strength) == ("org/full", "openai", 0.7)
    assert full.endpoints == (
        Endpoint("https://a/v1", 1.0, "KEY", "/health"),
        Endpoint("https://b/v1", 3.0, "KEY_B", "/alive"),
    )
    assert full.prices == Prices(1.0, 9.0, 0.5, 10.0)
    assert (full.context_window, full.images, full.max_output_tokens) == (1000, False, 500)
    assert (full.speed, full.answer_tokens) == (Speed(0.2, 80.0), 120.0)


def test_an_operators_family_is_known_to_its_models(built: MakeSetup) -> None:
    setup = built(
        "families: {mine: {on: {think: true}, off: {think: false}}}\n"
        "models: {a: {url: 'http://h/v1', family: mine}}\n"
    )
    choices = setup.world.catalog.models["a"].family.choices()
    assert [str(choice) for choice in choices] == ["off", "on"]
