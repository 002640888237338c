"""The heads that a config names."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from pointsman.config.build import load_setup
from pointsman.config.heads import PAIRS, check_name, groups_of, mark_of, shipped_names
from pointsman.encoder.bundle import Bundle
from pointsman.errors import ConfigError
from pointsman.policy.rules import SHIPPED_BASIS
from pointsman.signals.head_file import (
    GainHead,
    Head,
    LabelHead,
    Layer,
    Linear,
    layer_of,
    parse_head,
    written_head,
)
from pointsman.signals.outcome import OUTCOMES

CONFIG = """
models:
  small: {url: "http://127.0.0.1:1/v1", usd_per_million: {output: 1}}
  large: {url: "http://127.0.0.1:2/v1", usd_per_million: {output: 9}}
"""
RULES = "policy: {rules: [{name: refunds, when: {ticket: refund, above: 0.7}, use: large}]}\n"


def _common(bundle: Bundle, kind: str) -> dict[str, Any]:
    return {
        "format": 1,
        "name": "x",
        "bundle": mark_of(bundle),
        "features": groups_of(bundle)[kind],
        "temperature": 1.0,
        "counts": {},
        "rows": 321,
        "use": True,
        "verdict": "fine",
        "report": {},
        "command": "pointsman learn",
    }


def _layer(bundle: Bundle, kind: str, outputs: int) -> Layer:
    inputs = sum(group.size for group in groups_of(bundle)[kind])
    return layer_of(Linear(np.zeros((inputs, outputs)), np.zeros(outputs)))


def label_head(bundle: Bundle) -> LabelHead:
    layer = _layer(bundle, "labels", 2)
    return LabelHead(labels=("refund", "other"), layer=layer, **_common(bundle, "labels"))


def gain_head(bundle: Bundle, *, tokens: bool = True) -> GainHead:
    return GainHead(
        labels=OUTCOMES,
        layer=_layer(bundle, "gain", 4),
        tokens=_layer(bundle, "gain", 1) if tokens else None,
        light="small",
        heavy="large",
        **_common(bundle, "gain"),
    )


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write a config with heads; give its path."""

    def build(heads: dict[str, Head | bytes], rules: str = "") -> Path:
        (tmp_path / "learned").mkdir(exist_ok=True)
        named = {}
        for name, head in heads.items():
            raw = head if isinstance(head, bytes) else written_head(head)
            (tmp_path / "learned" / f"{name}.json").write_bytes(raw)
            named[name] = f"learned/{name}.json"
        path = tmp_path / "pointsman.yaml"
        path.write_text(CONFIG + f"heads: {msgspec.json.encode(named).decode()}\n" + rules)
        return path

    return build


def refused(path: Path) -> str:
    with pytest.raises(ConfigError) as error:
        load_setup(path)
    return error.value.message


def test_a_label_head_is_a_signal_that_conditions_may_ask(write: Any, bundle: Bundle) -> None:
    setup = load_setup(write({"ticket": label_head(bundle)}, RULES))
    assert setup.kinds["ticket"] == "exclusive"
    assert "ticket" in {detector.name for detector in setup.world.detectors}
    assert "embedding" in setup.world.asked.judged
    assert setup.heads["ticket"].rows == 321
    assert setup.world.policy.basis == SHIPPED_BASIS


def test_a_signal_that_no_rule_asks_is_not_read(write: Any, bundle: Bundle) -> None:
    setup = load_setup(write({"ticket": label_head(bundle)}))
    assert "embedding" not in setup.world.asked.judged


def test_a_label_that_the_head_does_not_know_is_named(write: Any, bundle: Bundle) -> None:
    told = refused(write({"ticket": label_head(bundle)}, RULES.replace("refund,", "refunds,")))
    assert "signal `ticket` has no `refunds`, did you mean `refund`?" in told


def test_a_gain_head_takes_the_place_of_the_shipped_one_and_says_so(
    write: Any, bundle: Bundle
) -> None:
    setup = load_setup(write({"gain": gain_head(bundle)}))
    assert setup.world.policy.basis == (
        "gain and tokens learned from your outcomes (learned/gain.json, 321 questions)"
    )
    assert [d.name for d in setup.shelf].count("reasoning") == 1
    assert "embedding" in setup.world.asked.judged


def test_a_gain_head_without_tokens_says_that_these_are_not_the_operators(
    write: Any, bundle: Bundle
) -> None:
    setup = load_setup(write({"gain": gain_head(bundle, tokens=False)}))
    assert setup.world.policy.basis == (
        "gain (tokens: from public outcomes) learned from your outcomes (learned/gain.json, "
        "321 questions)"
    )


def test_what_a_head_says_is_part_of_the_policys_hash(write: Any, bundle: Bundle) -> None:
    head = gain_head(bundle)
    hashes = {
        load_setup(write({"gain": each})).world.policy_hash
        for each in (head, head, msgspec.structs.replace(head, temperature=2.0))
    }
    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bundle": msgspec.structs.replace}, "it was learned on the bundle"),
        ({"features": ()}, "expected 0 to 2"),
        ({"format": 9}, "format 9 is not format 1"),
    ],
)
def test_a_head_that_does_not_fit_says_how_to_learn_it_again(
    write: Any, bundle: Bundle, change: dict[str, Any], said: str
) -> None:
    head = label_head(bundle)
    if "bundle" in change:
        change = {"bundle": msgspec.structs.replace(head.bundle, graph_sha256="00" * 32)}
    told = refused(write({"ticket": msgspec.structs.replace(head, **change)}))
    assert said in told
    assert "learn it again with `pointsman learn --labels FILE --name ticket --out " in told
    assert told.endswith("at `$.heads.ticket`")


def test_a_head_that_reads_other_features_is_refused(write: Any, bundle: Bundle) -> None:
    head = gain_head(bundle)
    other = msgspec.structs.replace(head, features=head.features[::-1])
    told = refused(write({"gain": other}))
    assert "it reads other features" in told
    assert "`pointsman learn OUTCOMES --out " in told


@pytest.mark.parametrize("raw", [b"", b"{}", b"\x00\xff", b'{"format": 1, "kind": "gain"}'])
def test_a_damaged_file_is_named_with_its_place(write: Any, raw: bytes) -> None:
    told = refused(write({"gain": raw}))
    assert "pointsman.yaml:5: learned/gain.json: it is damaged" in told


def test_a_file_that_is_not_there_is_named(write: Any) -> None:
    path = write({})
    path.write_text(CONFIG + "heads: {gain: nowhere.json}\n")
    assert "nowhere.json: cannot be read: No such file or directory; learn it" in refused(path)


def test_each_kind_stands_under_its_own_kind_of_name(write: Any, bundle: Bundle) -> None:
    told = refused(write({"ticket": gain_head(bundle)}))
    assert "it holds a gain head, which stands under the name `gain`" in told
    told = refused(write({"gain": label_head(bundle)}))
    assert "it holds the labels refund, other" in told


@pytest.mark.parametrize("name", ["domain", "tokens", "all", "pii"])
def test_a_name_that_means_something_already_is_refused(
    write: Any, bundle: Bundle, name: str
) -> None:
    assert f"`{name}` has a meaning already" in refused(write({name: label_head(bundle)}))


@pytest.mark.parametrize("name", ["", "1st", "two words", "ä", "x" * 65, "a\n"])
def test_a_name_is_one_plain_word(name: str) -> None:
    with pytest.raises(ConfigError, match="expected a name of letters"):
        check_name(name)


def test_names_that_may_stand_in_a_row_are_all_taken(bundle: Bundle) -> None:
    shelf = load_setup().shelf
    for name in {detector.name for detector in shelf} | set(bundle.labels()) - {"outcome"}:
        if name != "attacks":
            with pytest.raises(ConfigError):
                check_name(name)


def test_a_path_that_is_no_text_is_an_error_at_its_place(config_file: Any) -> None:
    told = refused(config_file(CONFIG + "heads: {gain: [a]}\n"))
    assert "expected `str`, got `array` at `$.heads.gain`" in told


def test_a_head_that_ships_is_named_and_says_what_it_was_learned_on(config_file: Any) -> None:
    name = shipped_names()[0]
    setup = load_setup(config_file(CONFIG + f"heads: {{gain: 'shipped:{name}'}}\n"))
    head = setup.heads["gain"]
    assert isinstance(head, GainHead)
    assert head.basis
    basis = setup.world.policy.basis
    assert f"learned from {head.basis} (shipped:{name}, {head.rows} questions" in basis
    assert basis.endswith(": not your traffic)")


def test_an_unknown_name_of_a_head_that_ships_is_told_the_known_ones(config_file: Any) -> None:
    name = shipped_names()[0]
    told = refused(config_file(CONFIG + f"heads: {{gain: 'shipped:{name}x'}}\n"))
    assert f"no head of that name ships, did you mean `{name}`?" in told
    assert f"shipped are: {', '.join(shipped_names())} at `$.heads.gain`" in told


@pytest.mark.parametrize("name", ["", "..", "../default/manifest", "llama*"])
def test_a_name_after_shipped_reaches_no_other_file(config_file: Any, name: str) -> None:
    told = refused(config_file(CONFIG + f"heads: {{gain: 'shipped:{name}'}}\n"))
    assert "no head of that name ships" in told


def test_a_head_that_ships_stands_under_the_name_gain(config_file: Any) -> None:
    told = refused(config_file(CONFIG + f"heads: {{ticket: 'shipped:{shipped_names()[0]}'}}\n"))
    assert "it holds a gain head, which stands under the name `gain`" in told


def test_every_head_that_ships_fits_the_shipped_bundle_and_is_worth_using() -> None:
    shipped = load_setup().bundle
    assert shipped_names()
    for name in shipped_names():
        head = parse_head((PAIRS / f"{name}.json").read_bytes())
        assert isinstance(head, GainHead)
        assert head.bundle == mark_of(shipped), f"{name}: learn the pairs again"
        assert head.features == groups_of(shipped)["gain"], f"{name}: learn the pairs again"
        assert head.use
        assert head.report["lead"]["random"]["low"] > 0


def test_heads_that_ship_are_small() -> None:
    assert sum(file.stat().st_size for file in PAIRS.glob("*.json")) < 400_000
