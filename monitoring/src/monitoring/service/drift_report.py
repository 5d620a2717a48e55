"""The report: what Evidently measures of the current set beside the reference."""

from dataclasses import dataclass
from typing import Any

from monitoring.service.comparison import Comparison
from monitoring.service.measurement import Measured, Measurement, MetricFailed
from monitoring.service.report_items import Item, sections
from monitoring.service.set_reading import Choice, ReadPair, SetReading
from monitoring.service.thresholds import Thresholds

# They repeat what the metric's name says.
_NOT_IN_NAMES = {"statistic", "score", "target", "prediction"}


@dataclass(frozen=True)
class Line:
    """What became of one item: what was measured, or why nothing could be."""

    group: str
    item: Item
    measured: Measured | None
    error: str | None = None

    @property
    def drifted(self) -> bool | None:
        """Tell whether this column drifted; None where no drift was tested."""
        status = self.measured.status if self.measured else None
        return None if status is None or self.item.name != "ValueDrift" else status != "SUCCESS"

    @property
    def metric_name(self) -> str:
        """Name the metric with its settings, as Evidently writes it."""
        column = {} if self.item.column is None else {"column": self.item.column}
        settings: dict[str, Any] = self.measured.settings if self.measured else column
        written = [
            f"{key}={value}"
            for key, value in settings.items()
            if isinstance(value, str | int | float) and key not in _NOT_IN_NAMES
        ]
        return f"{self.item.name}({','.join(written)})"


@dataclass(frozen=True)
class Report:
    """The lines of a report and the sets that they compare."""

    sets: ReadPair
    lines: list[Line]

    @property
    def drifted_features(self) -> list[str]:
        """Name the features that drifted."""
        features = [line for line in self.lines if line.group == "data_drift" and line.drifted]
        return [line.item.column for line in features if line.item.column is not None]


class DriftReport:
    """The use case behind `"metric": "report"`.

    Args:
        reading: of the two sets.
        thresholds: from where on the set as a whole counts as drifted.
    """

    def __init__(self, reading: SetReading, thresholds: Thresholds) -> None:
        self._reading = reading
        self._thresholds = thresholds

    def make(self, choice: Choice) -> Report:
        """Compare the chosen sets; raises what SetReading.read raises."""
        sets = self._reading.read(choice)
        return Report(sets, measure_all(sets.comparison, self._thresholds))


def measure_all(comparison: Comparison, thresholds: Thresholds) -> list[Line]:
    """Measure everything that a report holds; a metric that fails leaves the others alone."""
    measurement = Measurement(comparison)
    return [
        _line(group, item, measurement)
        for group, section in sections(comparison).items()
        for item in section(comparison, thresholds)
    ]


def _line(group: str, item: Item, measurement: Measurement) -> Line:
    if item.impossible is not None:
        return Line(group, item, None, item.impossible)
    try:
        return Line(group, item, measurement.of(item.metric, item.features_only))
    except MetricFailed as failure:
        return Line(group, item, None, str(failure))
