"""Whether the model should be trained again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from monitoring.service.checks.performance import PERFORMANCE_METRICS
from monitoring.service.outcome import Outcome
from monitoring.service.thresholds import Thresholds

VerdictStatus = Literal["retrain", "keep", "insufficient_data"]


@dataclass(frozen=True)
class Verdict:
    """The decision: `retrain` is None where there is too little to decide from."""

    retrain: bool | None
    status: VerdictStatus
    reason: str


def reach_verdict(outcomes: Sequence[Outcome], current_rows: int, thresholds: Thresholds) -> Verdict:
    """Decide from the tests that were run.

    The model is to be trained again when it scores worse than on the reference, or when the features as a
    whole have drifted. Small sets are not judged: with fewer than about 500 current rows most alarms are
    false.
    """
    if current_rows < thresholds.verdict_rows:
        return _undecided(f"{current_rows} current rows; a verdict needs at least {thresholds.verdict_rows}")
    telling = [outcome for outcome in outcomes if _tells(outcome)]
    failed = [outcome for outcome in telling if outcome.status == "FAIL"]
    if failed:
        reasons = dict.fromkeys(f"{outcome.metric}: {outcome.description}" for outcome in failed)
        return Verdict(retrain=True, status="retrain", reason="; ".join(reasons))
    broken = [outcome.name for outcome in telling if outcome.status == "ERROR"]
    if broken:
        return _undecided(f"could not be computed: {', '.join(broken)}")
    if not telling:
        return _undecided("neither drift nor performance was tested")
    same = " and ".join(_subjects(telling))
    return Verdict(retrain=False, status="keep", reason=f"{same} as on the reference")


def _tells(outcome: Outcome) -> bool:
    return outcome.metric == "DriftedColumnsCount" or outcome.metric in PERFORMANCE_METRICS


def _subjects(telling: Sequence[Outcome]) -> list[str]:
    kinds = {outcome.metric in PERFORMANCE_METRICS for outcome in telling}
    return [
        text for performance, text in ((False, "features"), (True, "performance")) if performance in kinds
    ]


def _undecided(reason: str) -> Verdict:
    return Verdict(retrain=None, status="insufficient_data", reason=reason)
