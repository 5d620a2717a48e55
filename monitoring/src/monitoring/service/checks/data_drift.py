"""Do the features come from another distribution than the reference's?"""

from monitoring.service.checks.check import Check
from monitoring.service.checks.columns import drift, drifted_columns, empty_features
from monitoring.service.comparison import Comparison
from monitoring.service.thresholds import Thresholds


def data_drift(comparison: Comparison, thresholds: Thresholds) -> list[Check]:
    """Test the share of drifted features, and each feature."""
    return [
        *empty_features(comparison),
        *drifted_columns(comparison, thresholds),
        *map(drift, comparison.comparable),
    ]
