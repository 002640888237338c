"""An entry as the bytes that a database keeps, with a checksum that says they are whole.

A transaction keeps an entry from being written by half. The checksum is for what comes later: a
disk, or somebody who edits the file. CRC-32 finds every error of up to 32 bits in a row and misses
one in four billion of the others; it is no protection from somebody who means harm.
"""

import zlib

import msgspec
import numpy as np

from pointsman.cache.entry import Entry

_Body = tuple[str, bytes, bytes, bytes, bytes, str, float, float, float]
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Body)
_CHECKSUM_BYTES = 4


def packed(entry: Entry) -> tuple[bytes, bytes]:
    """Return the bytes of an entry and those of its vector, which may be kept apart."""
    vector = entry.vector.astype("<f4").tobytes()
    body = _ENCODER.encode(
        (
            entry.id,
            entry.scope,
            entry.key,
            # A text may hold half of a surrogate pair, which no database takes for text.
            entry.text.encode("utf-8", "surrogatepass"),
            entry.answer,
            entry.model,
            entry.usd,
            entry.created,
            entry.expires,
        )
    )
    return _checksum(body, vector) + body, vector


def unpacked(packed_body: bytes, vector: bytes) -> Entry | None:
    """Return the entry again; None where a byte of it is another than was kept."""
    checksum, body = packed_body[:_CHECKSUM_BYTES], packed_body[_CHECKSUM_BYTES:]
    if checksum != _checksum(body, vector):
        return None
    id_, scope, key, text, answer, model, usd, created, expires = _DECODER.decode(body)
    return Entry(
        id=id_,
        scope=scope,
        key=key,
        text=text.decode("utf-8", "surrogatepass"),
        vector=read_vector(vector),
        answer=answer,
        model=model,
        usd=usd,
        created=created,
        expires=expires,
    )


def read_vector(vector: bytes) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return a vector from its bytes, `(384,)` or `(0,)`."""
    return np.frombuffer(vector, "<f4").astype(np.float32, copy=False)


def _checksum(body: bytes, vector: bytes) -> bytes:
    return zlib.crc32(vector, zlib.crc32(body)).to_bytes(_CHECKSUM_BYTES, "little")
