"""A test before it is run."""

from collections.abc import Callable
from dataclasses import dataclass

from evidently.core.metric_types import Metric

from monitoring.service.measurement import Measured, Measurement, MetricFailed
from monitoring.service.outcome import Outcome, Status


@dataclass(frozen=True)
class Finding:
    """Whether what was measured is as expected, in a sentence; `label` where it is about one class."""

    passed: bool
    description: str
    label: str | None = None


Judge = Callable[[Measured], list[Finding]]


@dataclass(frozen=True)
class MetricCheck:
    """A metric of Evidently's and what is expected of it.

    Args:
        name: of the metric, as Evidently calls it.
        metric: to be computed.
        judge: compares what was measured with what was expected; one finding for each test.
        column: the column that is looked at, if it is one.
        features_only: leave target and prediction out of sight.
    """

    name: str
    metric: Metric
    judge: Judge
    column: str | None = None
    features_only: bool = False

    def outcomes(self, group: str, measurement: Measurement) -> list[Outcome]:
        """Measure and judge; a metric that cannot be computed is one outcome of status ERROR."""
        try:
            findings = self.judge(measurement.of(self.metric, self.features_only))
        except MetricFailed as failure:
            return [Outcome(group, self.name, "ERROR", f"could not be computed: {failure}", self.column)]
        return [_outcome(group, self.name, finding, self.column) for finding in findings]


@dataclass(frozen=True)
class OwnCheck:
    """A test that needs no metric of Evidently's."""

    name: str
    finding: Finding
    column: str | None = None

    def outcomes(self, group: str, _: Measurement) -> list[Outcome]:
        """Return the one outcome."""
        return [_outcome(group, self.name, self.finding, self.column)]


Check = MetricCheck | OwnCheck


def _outcome(group: str, name: str, finding: Finding, column: str | None) -> Outcome:
    status: Status = "SUCCESS" if finding.passed else "FAIL"
    return Outcome(group, name, status, finding.description, column, finding.label)
