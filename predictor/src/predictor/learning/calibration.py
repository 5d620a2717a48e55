"""How far the truth lies from predictions, for queries that the predicting model had not seen.

A score is |log(ms) - predicted| divided by the difficulty of the row (Papadopoulos, Gammerman, Vovk 2008,
Normalized nonconformity measures for regression conformal prediction). Executions of one query resemble
each other, so queries are what is counted: each gives the same number of scores, and the quantile is the one
for groups (Lee, Barber, Willett 2023, Distribution-free inference with hierarchical data; Dunn, Wasserman,
Ramdas 2022, Distribution-free prediction sets for two-layer hierarchical models). With one score for each
query it is that of split conformal prediction.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from predictor.learning.errors import InvalidLevel
from predictor.learning.history import Floats

ROUNDING = 1e-9

Basis = Literal["own", "past"]
"""Where the features of a prediction come from: the very execution's own plan, or an earlier window."""


@dataclass(frozen=True)
class Calibration:
    """Sorted scores.

    Args:
        scores: ascending, float64[fingerprints * m].
        fingerprints: how many queries they are of, each with as many scores as the others.
    """

    scores: Floats
    fingerprints: int

    def rank(self, level: float) -> int:
        """Give the place from 1 of the score that bounds a share `level` of a new query's executions.

        A place after the last one means that the scores are too few.

        Raises:
            InvalidLevel: the level is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise InvalidLevel(level)
        per_query = len(self.scores) // self.fingerprints
        return max(1, math.ceil(level * (self.fingerprints + 1) * per_query - ROUNDING))

    def quantile(self, level: float) -> float | None:
        """Give the score that bounds a share `level` in (0, 1); None if there are too few queries."""
        rank = self.rank(level)
        return float(self.scores[rank - 1]) if rank <= len(self.scores) else None

    def lacking(self, level: float) -> str:
        """Say how many queries the level needs."""
        needed = math.ceil(level / (1.0 - level) - ROUNDING)
        return (
            f"{needed} calibration fingerprints are needed for a {level * 100:g} % interval, "
            f"there are {self.fingerprints}."
        )

    def share_within(self, score: float) -> float:
        """Estimate the probability that a new execution's score is at most `score`; never 0 or 1."""
        within = np.searchsorted(self.scores, score, side="right") / len(self.scores)
        return float((within * self.fingerprints + 1.0) / (self.fingerprints + 2.0))


@dataclass(frozen=True)
class Calibrations:
    """A calibration for each basis: an earlier window's features tell less than the execution's own plan."""

    own: Calibration
    past: Calibration

    def of(self, basis: Basis) -> Calibration:
        """Give the one for a basis."""
        return self.own if basis == "own" else self.past
