"""What was used last, kept in this process's memory."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class RecentlyUsed(Generic[Key, Value]):
    """Values by key, for what never changes under its key; the least used are dropped.

    Args:
        kept: how many stay.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        """Give a value that is at hand."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Key, value: Value) -> None:
        """Have a value at hand from now on."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._kept:
                self._values.popitem(last=False)

    def get_or_make(self, key: Key, make: Callable[[], Value]) -> Value:
        """Give a value, made now where it is not at hand; two at once may both make it."""
        found = self.get(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found
