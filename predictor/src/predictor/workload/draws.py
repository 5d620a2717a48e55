"""The constants of a query: what is drawn anew for each execution."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Protocol


class Draw(Protocol):
    """One constant, or several that belong together."""

    @property
    def count(self) -> int:
        """How many constants one draw gives."""

    def literals(self, rng: random.Random) -> tuple[str, ...]:
        """Draw; return them as SQL literals."""


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`; `skew` above 1 prefers the low ones; `decimals` of them are kept."""

    low: float
    high: float
    skew: float = 1.0
    decimals: int = 0
    count: int = 1

    def literals(self, rng: random.Random) -> tuple[str, ...]:
        """Draw one number."""
        value = self.low + (self.high - self.low) * rng.random() ** self.skew
        return (f"{value:.{self.decimals}f}",)


@dataclass(frozen=True)
class NumberRange:
    """Two numbers that lie `width` apart, give or take a quarter, within `low` to `high`."""

    low: float
    high: float
    width: float
    decimals: int = 0
    count: int = 2

    def literals(self, rng: random.Random) -> tuple[str, ...]:
        """Draw the lower and the upper end."""
        width = self.width * rng.uniform(0.75, 1.25)
        start = rng.uniform(self.low, max(self.low, self.high - width))
        return f"{start:.{self.decimals}f}", f"{start + width:.{self.decimals}f}"


@dataclass(frozen=True)
class Day:
    """A day between two offsets from `first` (ISO)."""

    first: str
    low: int
    high: int
    count: int = 1

    def literals(self, rng: random.Random) -> tuple[str, ...]:
        """Draw one day."""
        return (_day(self.first, rng.randint(self.low, self.high)),)


@dataclass(frozen=True)
class DayRange:
    """Two days about `width` apart, the earlier one between two offsets from `first` (ISO)."""

    first: str
    low: int
    high: int
    width: int
    count: int = 2

    def literals(self, rng: random.Random) -> tuple[str, ...]:
        """Draw the earlier and the later day."""
        start = rng.randint(self.low, self.high)
        width = max(1, round(self.width * rng.uniform(0.75, 1.25)))
        return _day(self.first, start), _day(self.first, start + width)


@dataclass(frozen=True)
class Word:
    """One of some texts."""

    words: tuple[str, ...]
    count: int = 1

    def literals(self, rng: random.Random) -> tuple[str, ...]:
        """Draw one text."""
        return (f"'{rng.choice(self.words)}'",)


@dataclass(frozen=True)
class Several:
    """A list of independent draws, as one constant: lists of any length belong to one query."""

    draw: Draw
    low: int
    high: int
    count: int = 1

    def literals(self, rng: random.Random) -> tuple[str, ...]:
        """Draw the list, without its parentheses."""
        drawn = [self.draw.literals(rng)[0] for _ in range(rng.randint(self.low, self.high))]
        return (", ".join(dict.fromkeys(drawn)),)


def _day(first: str, offset: int) -> str:
    return f"'{dt.date.fromisoformat(first) + dt.timedelta(days=offset)}'"
