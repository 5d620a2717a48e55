"""The tests in figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.service.outcome import STATUSES, Outcome, Status
from monitoring.service.thresholds import Thresholds
from monitoring.service.verdict import Verdict, reach_verdict


@dataclass(frozen=True)
class Count:
    """How many tests there were and how they ended."""

    total: int
    by_status: dict[Status, int]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "Count":
        """Count the outcomes."""
        counted = Counter(outcome.status for outcome in outcomes)
        return cls(len(outcomes), {status: counted[status] for status in STATUSES})

    @property
    def success(self) -> int:
        """Count the tests that passed."""
        return self.by_status["SUCCESS"]

    @property
    def failed(self) -> int:
        """Count the tests that did not pass, those that could not be computed among them."""
        return self.total - self.success


@dataclass(frozen=True)
class Summary:
    """All tests and each group counted, what failed, and the verdict.

    `drifted_features` is None where drift of single features was not tested.
    """

    count: Count
    by_group: dict[str, Count]
    drifted_features: list[str] | None
    failed: list[str]
    verdict: Verdict


def summarize(outcomes: Sequence[Outcome], current_rows: int, thresholds: Thresholds) -> Summary:
    """Count the outcomes and reach a verdict."""
    groups = dict.fromkeys(outcome.group for outcome in outcomes)
    return Summary(
        count=Count.of(outcomes),
        by_group={
            name: Count.of([outcome for outcome in outcomes if outcome.group == name]) for name in groups
        },
        drifted_features=drifted_features(outcomes),
        failed=[f"{outcome.group}: {outcome.name}" for outcome in outcomes if outcome.status != "SUCCESS"],
        verdict=reach_verdict(outcomes, current_rows, thresholds),
    )


def drifted_features(outcomes: Sequence[Outcome]) -> list[str] | None:
    """Name the features that drifted, or None where that was not tested."""
    tested = [outcome for outcome in outcomes if outcome.group == "data_drift"]
    if not tested:
        return None
    return [
        outcome.column
        for outcome in tested
        if outcome.metric == "ValueDrift" and outcome.status == "FAIL" and outcome.column is not None
    ]
