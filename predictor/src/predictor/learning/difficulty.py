"""How large an error is to be expected: learnt from errors on queries that were not learnt from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from predictor.learning.estimators import JOBS
from predictor.learning.history import Flags, Floats, Integers
from predictor.learning.pipelines import fitted
from predictor.learning.vector import Singles

LEAST_OF_MEDIAN = 0.25
LEAST = 1e-3


def fit_difficulty(rows: Singles, errors: Floats, seed: int) -> Any:
    """Fit a forest of broad leaves to absolute errors float64[n] in log(ms) of rows float32[n, k + 1]."""
    leaf = max(5, len(rows) // 50)
    forest = RandomForestRegressor(
        n_estimators=30, min_samples_leaf=leaf, max_features=0.4, random_state=seed, n_jobs=JOBS
    )
    return fitted(forest, rows, np.maximum(errors, floor_of(errors)))


def floor_of(errors: Floats) -> float:
    """Give the least error that is worth expecting."""
    return max(LEAST, LEAST_OF_MEDIAN * float(np.median(errors)))


@dataclass(frozen=True)
class Errors:
    """Rows float32[n, k + 1], their absolute errors float64[n], and the fold of each, int64[n]."""

    rows: Singles
    errors: Floats
    fold: Integers


def out_of_fold(known: Errors, asked: Singles, asked_fold: Integers, seed: int) -> Floats:
    """Give the difficulty of rows float32[m, k + 1] as learnt from other folds than theirs, float64[m]."""
    found = np.empty(len(asked))
    for one in np.unique(asked_fold):
        outside: Flags = known.fold != one
        forest = fit_difficulty(known.rows[outside], known.errors[outside], seed)
        inside = asked_fold == one
        found[inside] = forest.predict(asked[inside])
    return found
