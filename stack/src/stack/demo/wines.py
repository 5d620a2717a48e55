"""The wines that the demo lets two models tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

_SEED = 42


@dataclass(frozen=True)
class Wine:
    """One wine: a name for it, its values in the order of the data, and its class."""

    bottle: str
    values: tuple[float, ...]
    cultivar: int

    def features(self, names: Sequence[str]) -> dict[str, float]:
        """Give the values their names."""
        return dict(zip(names, self.values, strict=True))


def wines() -> list[Wine]:
    """Return all 178 wines, mixed by a fixed seed."""
    from sklearn.datasets import load_wine  # noqa: PLC0415 - a second that only this chapter waits for

    data, classes = load_wine(return_X_y=True)
    found = [
        Wine(f"bottle-{number}", tuple(row), cultivar)
        for number, (row, cultivar) in enumerate(zip(data.tolist(), classes.tolist(), strict=True), 1)
    ]
    Random(_SEED).shuffle(found)  # noqa: S311 - no secret
    return found
