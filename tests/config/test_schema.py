"""The shape of pointsman.yaml: what is assumed where nothing is said."""

import msgspec
import pytest

from pointsman.config.load import Source, parse_config
from pointsman.config.schema import Config, Strict
from pointsman.errors import ConfigError

MODEL = "models: {a: {url: 'http://h/v1'}}"


def test_a_model_with_a_url_is_a_whole_config() -> None:
    config = parse_config(Source("x", MODEL))
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8801)
    assert config.server.ask_usage
    assert config.policy.rules == ()
    assert config.encoder.bundle is None
    assert (config.encoder.max_windows, config.encoder.first_tier) == (512, True)


def test_the_encoders_reach_and_its_first_tier_can_be_set() -> None:
    config = parse_config(Source("x", f"{MODEL}\nencoder: {{max_windows: 1, first_tier: false}}"))
    assert (config.encoder.max_windows, config.encoder.first_tier) == (1, False)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_a_number_of_windows_below_one_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="max_windows"):
        parse_config(Source("x", f"{MODEL}\nencoder: {{max_windows: {value}}}"))


def _parts(part: type[Strict] = Strict) -> list[type[Strict]]:
    return [part for child in part.__subclasses__() for part in [child, *_parts(child)]]


@pytest.mark.parametrize("part", _parts())
def test_every_key_is_described(part: type[Strict]) -> None:
    described = (part.__doc__ or "").partition("Attributes:")[2]
    for field in msgspec.structs.fields(part) if described else ():
        own_part = isinstance(field.type, type) and issubclass(field.type, Strict)  # it says itself
        assert own_part or f"{field.name}:" in described


def test_an_unknown_key_is_refused_in_every_part() -> None:
    parts: list[type[msgspec.Struct]] = [*_parts(), Config]
    assert all(part.__struct_config__.forbid_unknown_fields for part in parts)
