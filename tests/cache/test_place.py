"""A URL names the place of answers; one that names none is an error that says what would."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pointsman.cache.memory import MemoryStore
from pointsman.cache.place import open_store
from pointsman.cache.sqlite import SqliteStore
from pointsman.errors import CacheError, MissingExtraError


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (lambda _: "memory:", MemoryStore),
        (lambda folder: f"{folder}/answers.db", SqliteStore),
        (lambda folder: f"sqlite:///{folder}/answers.db", SqliteStore),
    ],
)
def test_a_url_names_a_place(tmp_path: Path, url: Callable[[Path], str], kind: type) -> None:
    with closing(open_store(url(tmp_path))) as store:
        assert type(store) is kind
    assert [file.name for file in tmp_path.iterdir()] == ["answers.db"] * (kind is SqliteStore)


@pytest.mark.parametrize("url", ["redis://me:s3cret@host", "", "sqlite://s3cret.db"])
def test_a_url_that_names_none_is_an_error_without_what_may_be_secret(url: str) -> None:
    with pytest.raises(CacheError, match=r"expected a path, sqlite:///path") as caught:
        open_store(url)
    assert "s3cret" not in str(caught.value)


def test_postgresql_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pointsman.cache.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "pointsman.cache.postgres", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'pointsman\[postgres\]'"):
        open_store("postgresql://host/answers")
