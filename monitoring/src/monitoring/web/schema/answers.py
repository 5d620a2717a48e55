"""What monitoring answers."""

from typing import Any, Literal

from pydantic import Field

from monitoring.service.comparison import PreparedSet
from monitoring.service.drift_report import Line, Report
from monitoring.service.group_testing import GroupResults
from monitoring.service.outcome import Outcome, Status
from monitoring.service.set_reading import ReadPair
from monitoring.service.summary import Count
from monitoring.service.verdict import Verdict
from monitoring.utils.json_values import json_value
from servicekit.web.schema import Answer


class NameAnswer(Answer):
    """What this service is."""

    name: str
    message: str


class SetAnswer(Answer):
    """One of the two sets."""

    dataset: str
    rows: int
    rows_looked_at: int = Field(description="Fewer than `rows` where the set was sampled.")

    @classmethod
    def of(cls, name: str, prepared: PreparedSet) -> "SetAnswer":
        """Return the answer for a set."""
        return cls(dataset=name, rows=prepared.rows, rows_looked_at=len(prepared.frame))


class SetsAnswer(Answer):
    """What was compared."""

    source: str
    model_version: str
    reference: SetAnswer
    current: SetAnswer
    notes: list[str] = Field(description="For example that a set was sampled.")

    @classmethod
    def of(cls, sets: ReadPair, notes: list[str]) -> "SetsAnswer":
        """Return the answer for a pair of sets, with the request's own notes."""
        comparison = sets.comparison
        return cls(
            source=sets.pair.source,
            model_version=sets.model_version,
            reference=SetAnswer.of(sets.pair.reference, comparison.reference),
            current=SetAnswer.of(sets.pair.current, comparison.current),
            notes=[*notes, *comparison.notes],
        )


class MetricAnswer(Answer):
    """One metric of the report; `error` says why one has no value."""

    group: str
    id: str | None = Field(description="Evidently's fingerprint of the metric and its settings.")
    metric_name: str
    column: str | None
    value: Any = Field(description="Of the current set: a number, or numbers by name; null where undefined.")
    reference: Any = Field(description="The same of the reference, where the metric has one.")
    drifted: bool | None = Field(description="Only for drift of a column.")
    config: dict[str, Any]
    error: str | None

    @classmethod
    def of(cls, line: Line) -> "MetricAnswer":
        """Return the answer for a line of the report."""
        measured = line.measured
        return cls(
            group=line.group,
            id=measured.identifier if measured else None,
            metric_name=line.metric_name,
            column=line.item.column,
            value=json_value(measured.value) if measured else None,
            reference=json_value(measured.reference) if measured else None,
            drifted=line.drifted,
            config=json_value(measured.settings) if measured else {},
            error=line.error,
        )


class ReportAnswer(Answer):
    """Drift, quality, target drift and performance."""

    sets: SetsAnswer
    metrics: list[MetricAnswer]
    drifted_features: list[str]

    @classmethod
    def of(cls, report: Report, notes: list[str]) -> "ReportAnswer":
        """Return the answer for a report."""
        return cls(
            sets=SetsAnswer.of(report.sets, notes),
            metrics=[MetricAnswer.of(line) for line in report.lines],
            drifted_features=report.drifted_features,
        )


class OneTestAnswer(Answer):
    """One test."""

    name: str = Field(description="The same in every run.")
    group: str
    status: Status
    description: str = Field(description="What was found and expected, or why nothing could be computed.")
    metric: str
    column: str | None
    label: str | None

    @classmethod
    def of(cls, outcome: Outcome) -> "OneTestAnswer":
        """Return the answer for a test."""
        return cls(
            name=outcome.name,
            group=outcome.group,
            status=outcome.status,
            description=outcome.description,
            metric=outcome.metric,
            column=outcome.column,
            label=outcome.label,
        )


class CountAnswer(Answer):
    """How many tests there were and how they ended."""

    total_tests: int
    success_tests: int
    failed_tests: int = Field(description="All that are not SUCCESS.")
    by_status: dict[Status, int]

    @classmethod
    def of(cls, count: Count) -> "CountAnswer":
        """Return the answer for a count."""
        return cls(
            total_tests=count.total,
            success_tests=count.success,
            failed_tests=count.failed,
            by_status=count.by_status,
        )


class AllTestsAnswer(Answer):
    """Each test, and the count."""

    sets: SetsAnswer
    tests: list[OneTestAnswer]
    summary: CountAnswer

    @classmethod
    def of(cls, results: GroupResults) -> "AllTestsAnswer":
        """Return the answer for a run of tests."""
        return cls(
            sets=SetsAnswer.of(results.sets, []),
            tests=[OneTestAnswer.of(outcome) for outcome in results.outcomes],
            summary=CountAnswer.of(results.summary.count),
        )


class VerdictAnswer(Answer):
    """Whether the model should be trained again."""

    retrain: bool | None
    status: Literal["retrain", "keep", "insufficient_data"]
    reason: str

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictAnswer":
        """Return the answer for a verdict."""
        return cls(retrain=verdict.retrain, status=verdict.status, reason=verdict.reason)


class SummaryAnswer(CountAnswer):
    """The tests in figures."""

    all_passed: bool
    by_group: dict[str, CountAnswer]
    drifted_features: list[str] | None = Field(description="Null where data_drift was not run.")
    failed: list[str] = Field(description="Group and name of each test that is not SUCCESS.")
    verdict: VerdictAnswer
    sets: SetsAnswer

    @classmethod
    def of(cls, results: GroupResults) -> "SummaryAnswer":  # type: ignore[override]
        """Return the answer for a run of tests."""
        summary = results.summary
        return cls(
            **CountAnswer.of(summary.count).model_dump(),
            all_passed=not summary.count.failed,
            by_group={name: CountAnswer.of(count) for name, count in summary.by_group.items()},
            drifted_features=summary.drifted_features,
            failed=summary.failed,
            verdict=VerdictAnswer.of(summary.verdict),
            sets=SetsAnswer.of(results.sets, []),
        )


class MonitoringAnswer(Answer):
    """What was asked for."""

    message: ReportAnswer | AllTestsAnswer | SummaryAnswer
