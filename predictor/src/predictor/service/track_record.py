"""How a model's intervals and predictions did in real life so far."""

from dataclasses import dataclass

from predictor.persistence.repository.predictions import Accuracy, LevelCoverage, Predictions
from servicekit.database import AnySession

SIGNIFICANCE = 0.01
FEWEST_INTERVALS = 20


@dataclass(frozen=True)
class CoverageCheck:
    """Whether the intervals of one level cover as many real times as they promise.

    Args:
        level: share of real times that they promise to cover.
        intervals, covered: how many there were, and how many covered.
        p_value: of a two-sided binomial test; None with fewer than 20.
        holds: False when coverage lies below the promise at a significance of 1 %; None while unknown.
    """

    level: float
    intervals: int
    covered: int
    p_value: float | None
    holds: bool | None

    @property
    def coverage(self) -> float:
        """The share that was covered."""
        return self.covered / self.intervals


@dataclass(frozen=True)
class TrackRecord:
    """Accuracy and coverage of one model so far."""

    accuracy: Accuracy
    coverage: tuple[CoverageCheck, ...]

    @property
    def interval_holds(self) -> bool | None:
        """False when the intervals of some level cover too little, None while nothing is known."""
        known = [check.holds for check in self.coverage if check.holds is not None]
        return all(known) if known else None


def track_record(session: AnySession, model_id: int) -> TrackRecord:
    """Sum up a model's validations, in the caller's transaction."""
    predictions = Predictions(session)
    checks = tuple(coverage_check(level) for level in predictions.coverage(model_id))
    return TrackRecord(predictions.accuracy(model_id), checks)


def coverage_check(level: LevelCoverage) -> CoverageCheck:
    """Test one level's coverage against its promise."""
    promised, intervals, covered = level.confidence_level, level.intervals, level.covered
    if intervals < FEWEST_INTERVALS:
        return CoverageCheck(promised, intervals, covered, None, None)
    from scipy.stats import binomtest  # noqa: PLC0415 - it takes most of a second; few requests need it

    p_value = float(binomtest(covered, intervals, promised).pvalue)
    holds = covered / intervals >= promised or p_value >= SIGNIFICANCE
    return CoverageCheck(promised, intervals, covered, p_value, holds)
