"""The scopes whose vectors are in memory while their entries are in a file."""

from collections import OrderedDict

from msgspec import Struct

from pointsman.cache.vectors import Vectors

ROWS = 65_536
"""For how many vectors there is room in memory, in all scopes together: 100 MB. The scope that is
searched is always there, however large."""


class Loaded(Struct):
    """The vectors of a scope, and the highest number of an entry that was looked at for them.

    They never grow beyond their capacity: who finds them full loads the scope again.
    """

    vectors: Vectors
    newest: int = 0


class Shelf:
    """Scopes in memory; the ones that were searched longest ago make room. Not safe in threads."""

    def __init__(self, rows: int = ROWS) -> None:
        self._rows = rows
        self._taken = 0
        self._scopes: OrderedDict[bytes, Loaded] = OrderedDict()

    def __len__(self) -> int:
        return len(self._scopes)

    def get(self, scope: bytes) -> Loaded | None:
        """Return a scope that is in memory."""
        found = self._scopes.get(scope)
        if found is not None:
            self._scopes.move_to_end(scope)
        return found

    def put(self, scope: bytes, loaded: Loaded) -> None:
        """Take in a scope, and let go of others where there is no room."""
        self._let_go(scope)
        self._scopes[scope] = loaded
        self._taken += loaded.vectors.capacity
        while self._taken > self._rows and len(self._scopes) > 1:
            self._let_go(next(iter(self._scopes)))

    def remove(self, scope: bytes, number: int) -> None:
        """Forget the vector of an entry that was deleted."""
        found = self._scopes.get(scope)
        if found is not None:
            found.vectors.remove([number])

    def _let_go(self, scope: bytes) -> None:
        gone = self._scopes.pop(scope, None)
        if gone is not None:
            self._taken -= gone.vectors.capacity
