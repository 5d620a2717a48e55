"""Evidently's column metrics without their figures.

Evidently builds a figure for each column while it computes, also when only numbers are asked for: most of the
time goes there. These two are made at Evidently's extension point (a metric and its calculation);
docs/api/monitoring.md has the measurement.
"""

import abc
from typing import Any, ClassVar, Literal

from evidently.core.datasets import Dataset
from evidently.core.metric_types import ColumnMetric, SingleValue, SingleValueCalculation, SingleValueMetric
from evidently.core.report import Context
from evidently.metrics import ValueDrift
from evidently.metrics.column_statistics import ValueDriftCalculation

from monitoring.service.both_sets import of_both

StatisticName = Literal["mean", "std", "min", "median", "max"]


class UndrawnDriftCalculation(ValueDriftCalculation, abc.ABC):  # type: ignore[misc]
    """Evidently's drift of one column.

    `ABC` keeps Evidently from registering the class a second time for ValueDrift itself.
    """

    def _render(self, *_: Any) -> list[Any]:
        return []


class UndrawnDrift(ValueDrift):  # type: ignore[misc]
    """Drift score of a column by Evidently's choice of test."""

    __calculation_type__: ClassVar[type] = UndrawnDriftCalculation


class Statistic(ColumnMetric, SingleValueMetric):  # type: ignore[misc]
    """One statistic of a numeric column; NaN is left out."""

    statistic: StatisticName


class StatisticCalculation(SingleValueCalculation[Statistic]):  # type: ignore[misc]
    """Computes a statistic of both sets."""

    def calculate(
        self, _context: Context, current_data: Dataset, reference_data: Dataset | None
    ) -> tuple[SingleValue, SingleValue | None]:
        """Return the statistic of the current set and of the reference."""
        return of_both(self._of, current_data, reference_data)

    def display_name(self) -> str:
        """Name the statistic and its column."""
        return f"{self.metric.statistic} of '{self.metric.column}'"

    def _of(self, data: Dataset) -> SingleValue:
        return self.result(float(data.column(self.metric.column).data.agg(self.metric.statistic)))
