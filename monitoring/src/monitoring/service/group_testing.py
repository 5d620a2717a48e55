"""Run the chosen groups of tests."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitoring.service.checks.groups import chosen_groups
from monitoring.service.comparison import Comparison
from monitoring.service.measurement import Measurement
from monitoring.service.outcome import Outcome
from monitoring.service.series import MonitoringSeries
from monitoring.service.set_reading import Choice, ReadPair, SetReading
from monitoring.service.summary import Summary, summarize
from monitoring.service.thresholds import Thresholds


@dataclass(frozen=True)
class GroupResults:
    """What the tests found on two sets."""

    sets: ReadPair
    outcomes: list[Outcome]
    summary: Summary


class GroupTesting:
    """The use case behind `"metric": "tests"` and `"metric": "summary"`.

    Args:
        reading: of the two sets.
        thresholds: from where on a difference counts.
        series: that show the figures of the last run.
    """

    def __init__(self, reading: SetReading, thresholds: Thresholds, series: MonitoringSeries) -> None:
        self._reading = reading
        self._thresholds = thresholds
        self._series = series

    def run(self, choice: Choice, wanted: Mapping[str, bool] | None = None) -> GroupResults:
        """Test the chosen sets, by the groups that are set to true, or by all.

        Raises:
            GroupNotApplicable: a group is for another kind of target.
            What SetReading.read raises.
        """
        sets = self._reading.read(choice)
        outcomes = run_groups(sets.comparison, wanted, self._thresholds)
        summary = summarize(outcomes, sets.comparison.current.rows, self._thresholds)
        self._series.record(sets.pair.source, summary)
        return GroupResults(sets, outcomes, summary)


def run_groups(
    comparison: Comparison, wanted: Mapping[str, bool] | None, thresholds: Thresholds
) -> list[Outcome]:
    """Run the groups that are set to true, or all that fit the source."""
    measurement = Measurement(comparison)
    return [
        outcome
        for name, group in chosen_groups(wanted, comparison).items()
        for check in group(comparison, thresholds)
        for outcome in check.outcomes(name, measurement)
    ]
