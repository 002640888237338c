"""Questions are read once, by the public library, for every head that judges them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pointsman.encoder.bundle import Bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.evaluation.replay import reader
from pointsman.evaluation.replay.reader import ReplayReader
from pointsman.router import Router
from pointsman.signals.head_file import GainHead

TEXT = "Find the derivative of x squared.\nA. 2x\nB. x"


@pytest.fixture
def with_heads(
    make_head: Callable[..., GainHead], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., ReplayReader]:
    """A reader for whose pairs heads are shipped that differ in one bias."""

    def make(**biases: float) -> ReplayReader:
        heads = {name: make_head("a", "b", bias) for name, bias in biases.items()}
        monkeypatch.setattr(reader, "pair_head", lambda _bundle, name: heads.get(name))
        return ReplayReader(None, None, [*heads, "without"])

    return make


def test_the_generic_estimate_is_what_the_library_says() -> None:
    seen = ReplayReader(None, None).read(TEXT, ["a->b"])
    request = {"messages": [{"role": "user", "content": TEXT}]}
    signals, _ = Router.default().classify(request, signals=("reasoning", "domain"))
    said = getattr(signals["reasoning"], "values", {})
    assert (seen.generic.p_gain, seen.generic.p_loss) == (said["p_gain"], said["p_loss"])
    assert seen.generic.extra_tokens == said["extra_tokens"]
    assert seen.generic.score == said["p_gain"] - said["p_loss"]
    assert (seen.domain,) == getattr(signals["domain"], "top", ())[:1]
    assert (seen.own, seen.prompt_tokens) == ({}, len(TEXT) / 4)
    assert seen.seconds > 0


def test_a_text_is_encoded_once_however_many_heads_judge_it(
    with_heads: Callable[..., ReplayReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    several = with_heads(blank=0.0, eager=5.0)
    passes: list[int] = []
    run = OnnxEncoder.run

    def counted(self: OnnxEncoder, *args: object) -> object:
        passes.append(1)
        return run(self, *args)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(OnnxEncoder, "run", counted)
    seen = several.read(TEXT, ["blank", "eager", "without"])
    assert passes == [1]
    assert set(seen.own) == set(several.heads) == {"blank", "eager"}
    # A head of zeros says what the shipped one says, which it starts from.
    assert seen.own["blank"].p_gain == pytest.approx(seen.generic.p_gain)
    assert seen.own["eager"].p_gain > 0.9


def test_heads_judge_the_texts_of_their_own_pairs_alone(
    with_heads: Callable[..., ReplayReader],
) -> None:
    assert set(with_heads(blank=0.0, eager=5.0).read(TEXT, ["eager"]).own) == {"eager"}


def test_another_bundle_is_read_with(tmp_path: Path, bundle: Bundle) -> None:
    folder = tmp_path / "bundle"
    folder.symlink_to(bundle.path)
    assert ReplayReader(None, folder).setup.bundle.path == folder
