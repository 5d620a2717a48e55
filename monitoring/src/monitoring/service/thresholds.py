"""From where on a difference counts."""

from dataclasses import dataclass

RELATIVE_TOLERANCE = 0.1
"""Share of the reference's figure by which a mean, a row count or a share of faults may differ."""

OUTSIDE_SHARE = 0.1
"""Share of values that may lie outside the reference's range or list of categories."""

LABEL_DROP_FACTOR = 2.0
"""A single class has fewer rows than the whole, so its score may drop by this many times as much."""

LEAST_EXPECTED = 5.0
"""A value counts as vanished only where at least so many of it were to be expected (5 expected, none seen:
p < 0.01)."""


@dataclass(frozen=True)
class Thresholds:
    """The thresholds that are settings; `config/settings.py` says what they mean."""

    drift_share: float = 0.5
    performance_drop: float = 0.1
    verdict_rows: int = 500
