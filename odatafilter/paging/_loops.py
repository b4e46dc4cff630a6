"""Whether a walk comes to a place where it was before, in a bounded memory: a walk may have millions of pages."""

from collections import deque
from itertools import islice
from typing import Final
from zlib import crc32

EXACT: Final = 1_000  # the last ones, of which none is forgotten: a circle of up to that many is noticed at once
SAMPLED: Final = 16_384  # of all that came before, at equal distances


_SMALL: Final = 8 << 10  # bytes of a content that is hashed whole
_WINDOWS: Final = 32
_WINDOW: Final = 128  # bytes


def content_digest(content: bytes | memoryview) -> bytes:
    """Bytes that stand for `content` in this process: Python's hash of it, which has 64 bits.

    Of a large one it is the hash of parts of it, and its CRC, as that is faster. Two pages that differ have different
    ids in these parts, or, once in four billion pairs of others, the same CRC.
    """
    size = len(content)
    if size <= _SMALL:
        return hash(bytes(content)).to_bytes(8, signed=True)
    parts = b"".join([content[start : start + _WINDOW] for start in range(0, size, size // _WINDOWS)])
    return b"".join([size.to_bytes(8), crc32(content).to_bytes(4), hash(parts).to_bytes(8, signed=True)])


class Places:
    """Digests of the places where a walk has been.

    The last `EXACT` of them are kept, and of all others every n-th, where n is a power of 2 that grows with the walk:
    whoever goes in a longer circle comes to one of those, at latest n places after the circle has closed. So it is
    noticed within twice its length as long as n is no more than that, which holds for the first eight million places.
    """

    def __init__(self) -> None:
        self._last: deque[bytes] = deque()
        self._exact: set[bytes] = set()
        self._sample: dict[bytes, None] = {}
        self._distance = 1
        self._count = 0

    def __contains__(self, place: bytes) -> bool:
        return place in self._exact or place in self._sample

    def add(self, place: bytes) -> None:
        """Notes that the walk is at `place`."""
        if place not in self._exact:
            self._exact.add(place)
            self._last.append(place)
            if len(self._last) > EXACT:
                self._exact.discard(self._last.popleft())
        if self._count % self._distance == 0:
            self._sample[place] = None
            if len(self._sample) > SAMPLED:
                self._sample = dict.fromkeys(islice(self._sample, 0, None, 2))
                self._distance *= 2
        self._count += 1

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._exact) + len(self._sample)
