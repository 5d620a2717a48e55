"""Would the model still do well? What can be told before the true values are known."""

from monitoring.service.checks.check import Check
from monitoring.service.checks.columns import (
    drift,
    drifted_columns,
    empty_features,
    mean_values,
    missing_values,
)
from monitoring.service.comparison import Comparison
from monitoring.service.thresholds import Thresholds


def no_target_performance(comparison: Comparison, thresholds: Thresholds) -> list[Check]:
    """Test drift of the predictions and of the features, missing values and means."""
    return [
        drift(comparison.prediction),
        *drifted_columns(comparison, thresholds),
        *empty_features(comparison),
        *missing_values(comparison),
        *mean_values(comparison),
    ]
