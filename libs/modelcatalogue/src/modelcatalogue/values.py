"""Which values a hyperparameter may take."""

import math
from dataclasses import dataclass
from typing import Any, Protocol


class Values(Protocol):
    """A set of allowed values that can describe itself."""

    def accepts(self, value: Any) -> bool:
        """Tell whether the value, as it came from JSON, is one of them."""
        ...

    def __str__(self) -> str:
        """Complete the sentence "the hyperparameter must be ..."."""
        ...


@dataclass(frozen=True)
class Whole:
    """Whole numbers from `low` to `high`, both included; `True` is not a number."""

    low: int
    high: int

    def accepts(self, value: Any) -> bool:
        """Tell whether the value is a whole number in the range."""
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True)
class Real:
    """Finite numbers between `low` and `high`; an excluded end is said."""

    low: float
    high: float
    without_low: bool = False
    without_high: bool = False

    def accepts(self, value: Any) -> bool:
        """Tell whether the value is a finite number in the range."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return False
        above = value > self.low if self.without_low else value >= self.low
        below = value < self.high if self.without_high else value <= self.high
        return above and below

    def __str__(self) -> str:
        low = f"above {self.low:g}" if self.without_low else f"from {self.low:g}"
        high = f"below {self.high:g}" if self.without_high else f"up to {self.high:g}"
        return f"a number {low} {high}"


@dataclass(frozen=True)
class Choice:
    """A few named values."""

    values: tuple[str | bool | None, ...]

    def accepts(self, value: Any) -> bool:
        """Tell whether the value is one of them; 1 is not `True`."""
        return any(type(value) is type(one) and value == one for one in self.values)

    def __str__(self) -> str:
        return "one of " + ", ".join("null" if one is None else str(one) for one in self.values)


@dataclass(frozen=True)
class Either:
    """The values of several sets together."""

    sets: tuple[Values, ...]

    def accepts(self, value: Any) -> bool:
        """Tell whether one of the sets has the value."""
        return any(one.accepts(value) for one in self.sets)

    def __str__(self) -> str:
        return " or ".join(str(one) for one in self.sets)


def positive(high: float) -> Real:
    """Allow numbers above zero up to `high`."""
    return Real(0.0, high, without_low=True)


def one_of(*values: str | bool | None) -> Choice:
    """Allow these values."""
    return Choice(values)


def either(*sets: Values) -> Either:
    """Allow the values of all these sets."""
    return Either(tuple(sets))


def or_null(values: Values) -> Either:
    """Allow null beside the values."""
    return Either((values, Choice((None,))))
