"""Scopes in memory: the ones that were searched longest ago make room for others."""

from pointsman.cache.shelf import Loaded, Shelf
from pointsman.cache.vectors import Vectors

from .answers import NOW, unit


def _loaded(rows: int) -> Loaded:
    return Loaded(Vectors(rows))


def test_the_scope_that_was_searched_longest_ago_makes_room() -> None:
    shelf = Shelf(rows=30)
    for scope in (b"a", b"b", b"c"):
        shelf.put(scope, _loaded(10))
    assert shelf.get(b"a")
    shelf.put(b"d", _loaded(10))
    assert [scope for scope in (b"a", b"b", b"c", b"d") if shelf.get(scope)] == [b"a", b"c", b"d"]


def test_a_scope_that_takes_more_than_all_the_room_is_there_alone() -> None:
    shelf = Shelf(rows=30)
    shelf.put(b"a", _loaded(10))
    shelf.put(b"b", _loaded(100))
    assert len(shelf) == 1
    assert shelf.get(b"b")


def test_a_scope_that_is_loaded_again_counts_once() -> None:
    shelf = Shelf(rows=30)
    shelf.put(b"a", _loaded(10))
    for _ in range(5):
        shelf.put(b"b", _loaded(20))
    assert len(shelf) == 2


def test_what_was_deleted_leaves_its_scope() -> None:
    shelf, loaded = Shelf(), _loaded(4)
    loaded.vectors.add([7], unit(1)[None], [NOW + 1])
    shelf.put(b"a", loaded)
    shelf.remove(b"a", 7)
    shelf.remove(b"elsewhere", 7)
    assert loaded.vectors.nearest(unit(1), 1, NOW) == []
