"""A cache bounded in bytes: what was not asked for the longest goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """Read and filled from any thread. What is larger than the whole cache is not kept."""

    def __init__(self, limit: int):
        self.limit, self.size = limit, 0
        self._entries: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep `value`, which takes `size` bytes."""
        with self._lock:
            if key in self._entries:
                self.size -= self._entries.pop(key)[1]
            if size > self.limit:
                return
            self._entries[key] = value, size
            self.size += size
            while self.size > self.limit:
                _, (_, freed) = self._entries.popitem(last=False)
                self.size -= freed

    def clear(self) -> None:
        """Keep nothing of what is there."""
        with self._lock:
            self._entries.clear()
            self.size = 0

    def __len__(self) -> int:
        return len(self._entries)
