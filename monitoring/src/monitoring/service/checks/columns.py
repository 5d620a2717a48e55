"""Tests of single columns that several groups share."""

import numpy as np
from evidently.metrics import DriftedColumnsCount, MissingValueCount

from monitoring.service.checks.check import Check, Finding, MetricCheck, OwnCheck
from monitoring.service.checks.judges import few_drifted, near_reference, no_drift, share_at_most_reference
from monitoring.service.comparison import Comparison
from monitoring.service.thresholds import RELATIVE_TOLERANCE, Thresholds
from monitoring.service.undrawn import Statistic, UndrawnDrift


def empty_features(comparison: Comparison) -> list[Check]:
    """Fail each feature that has no value to compare; it takes part in no other test of values."""
    reasons = comparison.empty_features.items()
    return [
        OwnCheck("HasValues", Finding(passed=False, description=reason), feature)
        for feature, reason in reasons
    ]


def drifted_columns(comparison: Comparison, thresholds: Thresholds) -> list[Check]:
    """Expect less than the set share of the features to have drifted."""
    columns = comparison.comparable
    if not columns:
        return []
    metric = DriftedColumnsCount(columns=columns, drift_share=thresholds.drift_share)
    return [MetricCheck("DriftedColumnsCount", metric, few_drifted(len(columns)))]


def drift(column: str) -> Check:
    """Expect no drift of one column."""
    return MetricCheck("ValueDrift", UndrawnDrift(column=column), no_drift, column)


def missing_values(comparison: Comparison) -> list[Check]:
    """Expect about as large a share of missing values in each feature as in the reference.

    Evidently drops missing values before it tests drift, so they are tested here.
    """
    judge = share_at_most_reference(
        "missing values", len(comparison.current.frame), len(comparison.reference.frame)
    )
    return [
        MetricCheck("MissingValueCount", MissingValueCount(column=feature, tests=[]), judge, feature)
        for feature in comparison.features
    ]


def mean_values(comparison: Comparison) -> list[Check]:
    """Expect each numeric feature's mean near the reference's."""
    return [
        MetricCheck(
            "MeanValue",
            Statistic(column=feature, statistic="mean"),
            near_reference(mean_tolerance(comparison, feature)),
            feature,
        )
        for feature in comparison.comparable_numbers
    ]


def mean_tolerance(comparison: Comparison, feature: str) -> float:
    """Return a tenth of the reference's mean, or two standard errors of the difference where that is more.

    A tenth alone would refuse any feature whose mean is near zero, as after standardization.
    """
    reference = comparison.reference.frame[feature].dropna()
    current = comparison.current.frame[feature].dropna()
    deviation = float(reference.std()) if len(reference) > 1 else 0.0
    error = deviation * np.sqrt(1 / len(reference) + 1 / len(current))
    return float(max(RELATIVE_TOLERANCE * abs(reference.mean()), 2 * error))
