"""What a report holds, section by section."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evidently.core.metric_types import Metric
from evidently.metrics import (
    AlmostConstantColumnsCount,
    ColumnCount,
    ConstantColumnsCount,
    DatasetMissingValueCount,
    DriftedColumnsCount,
    DuplicatedColumnsCount,
    DuplicatedRowCount,
    EmptyRowsCount,
    MissingValueCount,
    RowCount,
    UniqueValueCount,
)

from monitoring.service.checks.performance import LABEL_SCORES, NUMBER_SCORES, score, score_by_label
from monitoring.service.comparison import Comparison
from monitoring.service.scores import ScoreName
from monitoring.service.thresholds import Thresholds
from monitoring.service.undrawn import Statistic, StatisticName, UndrawnDrift

STATISTICS: dict[str, StatisticName] = {
    "MeanValue": "mean",
    "StdValue": "std",
    "MinValue": "min",
    "MedianValue": "median",
    "MaxValue": "max",
}
CLASS_SCORES: dict[str, ScoreName] = {
    "Accuracy": "accuracy",
    "Precision": "precision",
    "Recall": "recall",
    "F1Score": "f1",
}


@dataclass(frozen=True)
class Item:
    """One metric of the report, under the name that Evidently gives it.

    `impossible` says why it cannot be computed, where that is known before.
    """

    name: str
    metric: Metric
    column: str | None = None
    features_only: bool = False
    impossible: str | None = None


Section = Callable[[Comparison, Thresholds], Iterable[Item]]


def sections(comparison: Comparison) -> dict[str, Section]:
    """Return the sections that fit the source's target, by name."""
    performance = (
        {"classification": _classification} if comparison.is_classification else {"regression": _regression}
    )
    return {
        "data_drift": _data_drift,
        "data_quality": _data_quality,
        "target_drift": _target_drift,
        **performance,
    }


def _data_drift(comparison: Comparison, thresholds: Thresholds) -> Iterable[Item]:
    columns = comparison.comparable
    if columns:
        metric = DriftedColumnsCount(columns=columns, drift_share=thresholds.drift_share)
        yield Item("DriftedColumnsCount", metric)
    for feature in comparison.features:
        reason = comparison.empty_features.get(feature)
        yield Item("ValueDrift", UndrawnDrift(column=feature), feature, impossible=reason)


def _data_quality(comparison: Comparison, _: Thresholds) -> Iterable[Item]:
    for kind in (
        RowCount,
        ColumnCount,
        DuplicatedRowCount,
        DuplicatedColumnsCount,
        ConstantColumnsCount,
        AlmostConstantColumnsCount,
        EmptyRowsCount,
        DatasetMissingValueCount,
    ):
        yield Item(kind.__name__, kind(tests=[]), features_only=True)
    for feature in comparison.features:
        yield Item("MissingValueCount", MissingValueCount(column=feature, tests=[]), feature)
    for feature in comparison.comparable_numbers:
        for name, statistic in STATISTICS.items():
            yield Item(name, Statistic(column=feature, statistic=statistic), feature)
    for feature in comparison.comparable_categories:
        yield Item("UniqueValueCount", UniqueValueCount(column=feature, tests={}), feature)


def _target_drift(comparison: Comparison, _: Thresholds) -> Iterable[Item]:
    for column in (comparison.target, comparison.prediction):
        yield Item("ValueDrift", UndrawnDrift(column=column), column)
        if comparison.is_classification:
            yield Item("UniqueValueCount", UniqueValueCount(column=column, tests={}), column)


def _classification(comparison: Comparison, _: Thresholds) -> Iterable[Item]:
    for name, key in CLASS_SCORES.items():
        yield Item(name, score(comparison, key))
    for name, label_key in LABEL_SCORES.items():
        yield Item(name, score_by_label(comparison, label_key))


def _regression(comparison: Comparison, _: Thresholds) -> Iterable[Item]:
    for name, key in NUMBER_SCORES.items():
        yield Item(name, score(comparison, key))
