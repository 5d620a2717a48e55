"""Calibrate by MAPIE, on predictions that were made for queries that the model had not seen."""

from typing import Any

import numpy as np
from mapie.conformity_scores import ResidualNormalisedScore
from mapie.regression import SplitConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin

from predictor.learning.calibration import Calibration
from predictor.learning.history import Floats, Integers

MOST_ROWS_OF_A_QUERY = 20


class _Column(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Answers with a column of what it is given: the predictions are there already."""

    def __init__(self, index: int = 0) -> None:
        self.index = index

    def fit(self, rows: Floats, target: Floats) -> "_Column":  # noqa: ARG002 - scikit-learn's signature
        self.fitted_ = True
        return self

    def predict(self, rows: Floats) -> Floats:
        return np.asarray(rows)[:, self.index]


def conformalized(triples: Floats, level: float) -> Any:
    """Give MAPIE's regressor over columns predicted log(ms), difficulty and true log(ms), float64[n, 3]."""
    known, truth = triples[:, :2], triples[:, 2]
    score = ResidualNormalisedScore(residual_estimator=_Column(1).fit(known, truth), prefit=True)
    regressor = SplitConformalRegressor(
        _Column(0).fit(known, truth), confidence_level=level, conformity_score=score, prefit=True
    )
    return regressor.conformalize(known, truth)


def balanced(query_hash: Integers, seed: int) -> Integers:
    """Choose rows so that each query has the same number: some of its own, repeated where it has fewer.

    Takes int64[n], gives indices in order of the queries.
    """
    generator = np.random.default_rng(seed)
    groups = [np.flatnonzero(query_hash == one) for one in np.unique(query_hash)]
    most = min(MOST_ROWS_OF_A_QUERY, max(len(group) for group in groups))
    return np.concatenate([np.resize(generator.permutation(group), most) for group in groups])


def calibrate(triples: Floats, query_hash: Integers, seed: int) -> Calibration:
    """Score rows float64[n, 3] (predicted log(ms), difficulty, true log(ms)) of queries int64[n]."""
    chosen = balanced(query_hash, seed)
    scores = conformalized(triples[chosen], 0.9).conformity_scores
    return Calibration(np.sort(np.abs(scores)), len(np.unique(query_hash)))
