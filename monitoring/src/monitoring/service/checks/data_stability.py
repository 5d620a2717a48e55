"""Has the set the shape, the types and the values of the reference?"""

from evidently.metrics import ColumnCount, OutListValueCount, OutRangeValueCount

from monitoring.service.checks.check import Check, Finding, MetricCheck, OwnCheck
from monitoring.service.checks.columns import empty_features, mean_values
from monitoring.service.checks.judges import listed, near_reference, share_at_most
from monitoring.service.comparison import Comparison
from monitoring.service.thresholds import OUTSIDE_SHARE, RELATIVE_TOLERANCE, Thresholds


def data_stability(comparison: Comparison, _: Thresholds) -> list[Check]:
    """Test size and types, then ranges, categories and means of the features."""
    return [
        _row_count(comparison),
        MetricCheck("ColumnCount", ColumnCount(tests=[]), near_reference(0.0), features_only=True),
        _types(comparison),
        *empty_features(comparison),
        *_ranges(comparison),
        *mean_values(comparison),
        *_lists(comparison),
    ]


def _row_count(comparison: Comparison) -> Check:
    # Of the whole sets: Evidently would count the sample.
    rows, known = comparison.current.rows, comparison.reference.rows
    tolerance = RELATIVE_TOLERANCE * known
    text = f"{rows} rows; {known} ± {tolerance:.0f} are expected, as in the reference"
    return OwnCheck("RowCount", Finding(abs(rows - known) <= tolerance, text))


def _types(comparison: Comparison) -> Check:
    current, reference = comparison.current.frame, comparison.reference.frame
    changed = [
        f"{column} ({reference[column].dtype} became {current[column].dtype})"
        for column in reference.columns
        if reference[column].dtype != current[column].dtype
    ]
    text = (
        f"types changed: {listed(changed)}"
        if changed
        else f"all {len(reference.columns)} columns keep their type"
    )
    return OwnCheck("ColumnTypes", Finding(not changed, text))


def _ranges(comparison: Comparison) -> list[Check]:
    known = comparison.reference.frame
    return [
        MetricCheck(
            "OutRangeValueCount",
            OutRangeValueCount(
                column=feature, left=float(known[feature].min()), right=float(known[feature].max()), tests=[]
            ),
            share_at_most("outside the reference's range", OUTSIDE_SHARE),
            feature,
        )
        for feature in comparison.comparable_numbers
    ]


def _lists(comparison: Comparison) -> list[Check]:
    known = comparison.reference.frame
    allowed = {column: sorted(known[column].dropna().unique()) for column in comparison.comparable_categories}
    limits = dict.fromkeys(allowed, OUTSIDE_SHARE)
    if comparison.is_classification:
        allowed[comparison.prediction] = comparison.classes
        limits[comparison.prediction] = 0.0
    return [
        MetricCheck(
            "OutListValueCount",
            OutListValueCount(column=column, values=values, tests=[]),
            share_at_most("outside the known list", limits[column]),
            column,
        )
        for column, values in allowed.items()
    ]
