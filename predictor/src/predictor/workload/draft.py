"""A query while it is being put together; its constants are numbered as they are asked for."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from predictor.workload.draws import Draw

T = TypeVar("T")


@dataclass
class Draft:
    """The constants so far, and the chance that chooses the query's parts.

    Args:
        rng: chooses tables, columns and operators; the constants' values are drawn later, for each execution.
    """

    rng: random.Random
    draws: list[Draw] = field(default_factory=list)
    _constants: int = 0

    def put(self, draw: Draw) -> tuple[str, ...]:
        """Add a draw; return a placeholder for each of its constants, such as `{c0}`."""
        self.draws.append(draw)
        first = self._constants
        self._constants += draw.count
        return tuple(f"{{c{number}}}" for number in range(first, self._constants))

    def one(self, draw: Draw) -> str:
        """Add a draw of a single constant; return its placeholder."""
        return self.put(draw)[0]

    def choose(self, options: Sequence[T]) -> T:
        """Choose one of some parts."""
        return self.rng.choice(options)

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Choose different parts, in random order."""
        return self.rng.sample(list(options), min(len(options), self.rng.randint(least, most)))

    def chance(self, probability: float) -> bool:
        """Whether an optional part is there."""
        return self.rng.random() < probability


@dataclass(frozen=True)
class Predicate:
    """A condition on one column.

    Args:
        column: that it looks at.
        build: adds its constants to a draft and returns the condition on the columns of an alias.
    """

    column: str
    build: Callable[[Draft, str], str]

    def __call__(self, draft: Draft, alias: str) -> str:
        """Return the condition as SQL."""
        return self.build(draft, alias)
