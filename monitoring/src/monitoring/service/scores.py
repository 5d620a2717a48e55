"""Scores of the predictions, as Evidently metrics.

Evidently's own classification metrics take any set that shows just two labels for a binary problem with a
positive class 1, and fail when a class occurs in one set only. These are computed by scikit-learn for any
number of classes and any labels.
"""

from collections.abc import Callable
from typing import Any, Literal

import pandas as pd
from evidently.core.datasets import Dataset
from evidently.core.metric_types import (
    ByLabelCalculation,
    ByLabelMetric,
    ByLabelValue,
    SingleValue,
    SingleValueCalculation,
    SingleValueMetric,
)
from evidently.core.report import Context
from sklearn import metrics

from monitoring.service.both_sets import of_both

ScoreName = Literal["accuracy", "precision", "recall", "f1", "rmse", "mae", "r2"]
LabelScoreName = Literal["precision", "recall", "f1"]

_BY_CLASS: dict[str, Callable[..., Any]] = {
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "f1": metrics.f1_score,
}


def _macro(score: Callable[..., Any]) -> Callable[[pd.Series, pd.Series], float]:
    return lambda target, prediction: float(score(target, prediction, average="macro", zero_division=0.0))


_SCORES: dict[str, Callable[[pd.Series, pd.Series], float]] = {
    "accuracy": metrics.accuracy_score,
    **{name: _macro(score) for name, score in _BY_CLASS.items()},
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "r2": metrics.r2_score,
}


class Score(SingleValueMetric):  # type: ignore[misc]
    """One score over all classes (macro average) or over all numbers."""

    score: ScoreName
    target: str
    prediction: str


class ScoreCalculation(SingleValueCalculation[Score]):  # type: ignore[misc]
    """Computes a score of both sets."""

    def calculate(
        self, _context: Context, current_data: Dataset, reference_data: Dataset | None
    ) -> tuple[SingleValue, SingleValue | None]:
        """Return the score of the current set and of the reference."""
        return of_both(self._of, current_data, reference_data)

    def display_name(self) -> str:
        """Name the score."""
        return str(self.metric.score)

    def _of(self, data: Dataset) -> SingleValue:
        score = _SCORES[self.metric.score]
        return self.result(
            float(score(data.column(self.metric.target).data, data.column(self.metric.prediction).data))
        )


class ScoreByLabel(ByLabelMetric):  # type: ignore[misc]
    """One score of each class that occurs; the others are left out."""

    score: LabelScoreName
    target: str
    prediction: str


class ScoreByLabelCalculation(ByLabelCalculation[ScoreByLabel]):  # type: ignore[misc]
    """Computes a score of each class of both sets."""

    def calculate(
        self, _context: Context, current_data: Dataset, reference_data: Dataset | None
    ) -> tuple[ByLabelValue, ByLabelValue | None]:
        """Return the scores of the current set and of the reference."""
        return of_both(self._of, current_data, reference_data)

    def display_name(self) -> str:
        """Name the score."""
        return f"{self.metric.score} by label"

    def _of(self, data: Dataset) -> ByLabelValue:
        target, prediction = data.column(self.metric.target).data, data.column(self.metric.prediction).data
        labels = sorted(target.unique())
        score = _BY_CLASS[self.metric.score]
        values = score(target, prediction, labels=labels, average=None, zero_division=0.0)
        return self.result(dict(zip(labels, map(float, values), strict=True)))
