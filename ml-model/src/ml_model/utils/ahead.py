"""Make the next of something while the one before is used."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Give items in their order; each is made in a thread of its own, and errors come in their place."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        coming: Future[list[Item]] = thread.submit(_next, items)
        while found := coming.result():
            coming = thread.submit(_next, items)
            yield found[0]


def _next(items: Iterator[Item]) -> list[Item]:
    for item in items:
        return [item]
    return []
