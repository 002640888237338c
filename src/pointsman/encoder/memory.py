"""What was read before: encodings by text hash, so that a text is read once."""

import hashlib
from collections import OrderedDict
from threading import Lock

import msgspec

from pointsman.encoder.encoding import Asked, Encoding

Key = bytes


def text_key(text: str, asked: Asked) -> Key:
    """Return the hash under which a text's encoding is kept; the text itself is not.

    What was asked is part of it: an encoding holds nothing else.
    """
    heads = f"{sorted(asked.judged)}{sorted(asked.whole)}{asked.max_windows}\n"
    whole = (heads + text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(whole, digest_size=16).digest()


class EncodingMemory:
    """Keeps the encodings of the most recently read texts; safe to share between threads.

    An encoding takes about 4 kB, so the default of 4,096 texts bounds it at about 16 MB.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Key, Encoding] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Encoding | None:
        """Return the encoding of a text that was read before, or None; it takes no passes now."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Key, encoding: Encoding) -> None:
        """Keep an encoding, and forget the least recently used one when full."""
        recalled = msgspec.structs.replace(encoding, passes=0) if encoding.passes else encoding
        with self._lock:
            self._kept[key] = recalled
            self._kept.move_to_end(key)
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
