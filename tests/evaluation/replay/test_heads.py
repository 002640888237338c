"""The head that is shipped for a pair, found among others."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pointsman.encoder.bundle import Bundle
from pointsman.errors import BundleError
from pointsman.evaluation.replay.heads import pair_head
from pointsman.signals.head_file import GainHead, written_head

MakeHead = Callable[..., GainHead]


def test_the_head_of_exactly_this_pair_is_found(
    bundle: Bundle, make_head: MakeHead, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        head = make_head(name, "heavy")
        (tmp_path / f"{name}.json").write_bytes(written_head(head))
    found = pair_head(bundle, "b->heavy", tmp_path)
    assert found is not None
    assert (found.light, found.heavy) == ("b", "heavy")
    assert pair_head(bundle, "b->other", tmp_path) is None


def test_without_the_folder_there_is_none(bundle: Bundle, tmp_path: Path) -> None:
    assert pair_head(bundle, "a->b", tmp_path / "nowhere") is None


def test_a_head_of_another_bundle_is_not_taken(
    bundle: Bundle, make_head: MakeHead, tmp_path: Path
) -> None:
    head = make_head("a", "b")
    other = msgspec.structs.replace(head.bundle, graph_sha256="0" * 64)
    moved = msgspec.structs.replace(head, bundle=other)
    (tmp_path / "a.json").write_bytes(written_head(moved))
    assert pair_head(bundle, "a->b", tmp_path) is None


def test_a_damaged_head_is_told(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(BundleError, match=r"a\.json.*reinstall"):
        pair_head(bundle, "a->b", tmp_path)
