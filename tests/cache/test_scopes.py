"""Scopes never mix: nothing that was kept in one is ever found in another, however near it is."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pointsman.cache.entry import DIGEST_BYTES
from pointsman.cache.store import CacheStore

from .answers import NOW, an_entry, digest, near, unit

# Digests that differ in one bit, at either end, and those that a careless comparison takes for
# text, for the end of a string or for a pattern.
_ODD = st.sampled_from(
    [
        bytes(32),
        bytes(31) + b"\x01",
        b"\x01" + bytes(31),
        b"\xff" * 32,
        b"a" * 32,
        b"A" * 32,
        b"%" * 32,
        b"_" * 32,
        b"'" * 32,
    ]
)
_SCOPES = st.one_of(_ODD, st.binary(min_size=DIGEST_BYTES, max_size=DIGEST_BYTES))
_KEPT = st.lists(st.tuples(_SCOPES, st.integers(0, 3), st.floats(0.9, 1.0)), max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=_KEPT, asked=st.lists(_SCOPES, min_size=1, max_size=4), seed=st.integers(0, 3))
def test_nothing_from_another_scope_ever_comes_back(
    store: CacheStore, kept: list[tuple[bytes, int, float]], asked: list[bytes], seed: int
) -> None:
    store.sweep(NOW * 2, 1000)  # whatever an earlier example left
    names: dict[bytes, set[str]] = {}
    for number, (scope, direction, cosine) in enumerate(kept):
        vector = near(unit(direction), cosine)
        entry = an_entry(str(number), scope=scope, key=digest(f"{number}"), vector=vector)
        store.put(entry, NOW)
        names.setdefault(scope, set()).add(entry.id)
    for scope in [*asked, *names]:
        hits = store.nearest(scope, unit(seed), 50, NOW)
        assert {hit.entry.id for hit in hits} == names.get(scope, set())
        assert all(hit.entry.scope == scope for hit in hits)
        assert np.isfinite([hit.similarity for hit in hits]).all()
