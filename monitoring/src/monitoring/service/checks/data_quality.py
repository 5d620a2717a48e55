"""Are there more missing, duplicated, constant or broken values than in the reference?"""

from evidently.metrics import (
    AlmostConstantColumnsCount,
    ConstantColumnsCount,
    DatasetMissingValueCount,
    DuplicatedColumnsCount,
    DuplicatedRowCount,
    EmptyRowsCount,
    UniqueValueCount,
)

from monitoring.service.checks.check import Check, Finding, MetricCheck, OwnCheck
from monitoring.service.checks.columns import empty_features, missing_values
from monitoring.service.checks.judges import at_most_reference, listed, none_vanished, share_at_most_reference
from monitoring.service.comparison import Comparison
from monitoring.service.thresholds import Thresholds


def data_quality(comparison: Comparison, _: Thresholds) -> list[Check]:
    """Test the set as a whole, then each feature."""
    return [
        *_rows(comparison),
        *_columns(),
        _missing(comparison),
        _infinite(comparison),
        *empty_features(comparison),
        *missing_values(comparison),
        *_values(comparison),
    ]


def _rows(comparison: Comparison) -> list[Check]:
    sizes = (len(comparison.current.frame), len(comparison.reference.frame))
    kinds = {
        "DuplicatedRowCount": (DuplicatedRowCount(tests=[]), "duplicated rows"),
        "EmptyRowsCount": (EmptyRowsCount(tests=[]), "empty rows"),
    }
    return [
        MetricCheck(name, metric, share_at_most_reference(what, *sizes), features_only=True)
        for name, (metric, what) in kinds.items()
    ]


def _columns() -> list[Check]:
    kinds = {
        "DuplicatedColumnsCount": (DuplicatedColumnsCount(tests=[]), "duplicated features"),
        "ConstantColumnsCount": (ConstantColumnsCount(tests=[]), "constant features"),
        "AlmostConstantColumnsCount": (AlmostConstantColumnsCount(tests=[]), "almost constant features"),
    }
    return [
        MetricCheck(name, metric, at_most_reference(what), features_only=True)
        for name, (metric, what) in kinds.items()
    ]


def _missing(comparison: Comparison) -> Check:
    features = len(comparison.features)
    current, reference = len(comparison.current.frame), len(comparison.reference.frame)
    judge = share_at_most_reference("missing values", current * features, reference * features)
    metric = DatasetMissingValueCount(tests=[])
    return MetricCheck("DatasetMissingValueCount", metric, judge, features_only=True)


def _infinite(comparison: Comparison) -> Check:
    found = comparison.current.infinite
    named = listed([f"{feature} ({count})" for feature, count in found.items()])
    text = f"infinite values, taken as missing: {named}" if found else "no infinite values"
    return OwnCheck("InfiniteValueCount", Finding(not found, text))


def _values(comparison: Comparison) -> list[Check]:
    labels = [comparison.target] if comparison.is_classification else []
    judge = none_vanished(len(comparison.current.frame), len(comparison.reference.frame))
    return [
        MetricCheck("UniqueValueCount", UniqueValueCount(column=column, tests={}), judge, column)
        for column in [*comparison.comparable_categories, *labels]
    ]
