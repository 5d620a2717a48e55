"""Compare the finished runs of an experiment: the best one, and statistics of their metrics."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.persistence.model.run import RunRecord
from tracking.persistence.repository.experiments import Experiments
from tracking.persistence.repository.runs import Runs
from tracking.service.errors import ExperimentNotFound, NoFinishedRuns, NoRuns
from tracking.service.metric_statistics import Statistics, statistics_of
from tracking.service.run_vocabulary import (
    ALL,
    METRICS,
    MODEL_TAG,
    STATISTICS,
    UNKNOWN,
    MetricFilter,
    MetricName,
    smaller_is_better,
)


@dataclass(frozen=True)
class BestRun:
    """A run that is better than the others of its experiment, and what it was chosen by."""

    run_id: str
    name: str
    model: str
    metrics: dict[str, float]


class RunComparison:
    """The use cases around several runs."""

    def __init__(self, database: MlflowDatabase) -> None:
        self._database = database

    def best(self, experiment_id: str, metrics: Sequence[MetricName]) -> BestRun:
        """Find the best finished run: by the first metric, and by the next ones where it leaves several.

        Scores are better when larger, `system_*` metrics when smaller. A run without the first metric is left
        out; one without a later metric comes after those that have it; the first one started wins a full tie.

        Raises:
            ExperimentNotFound, NoRuns, NoFinishedRuns
        """
        wanted = list(dict.fromkeys(metrics))
        runs = [run for run in self._finished(experiment_id, wanted) if wanted[0] in run.metrics]
        if not runs:
            raise NoFinishedRuns(experiment_id, wanted[:1])
        best = min(runs, key=lambda run: [_rank(run, metric) for metric in wanted])
        return self._described(best, wanted)

    def statistics(self, experiment_id: str, metrics: Sequence[MetricFilter]) -> dict[str, Statistics]:
        """Summarize metrics of the finished runs, under short names; a run without one is left out there.

        Raises:
            ExperimentNotFound, NoRuns, NoFinishedRuns
        """
        wanted = [name for name in METRICS if ALL in metrics or not metrics or name in metrics]
        runs = self._finished(experiment_id, wanted)
        values = {name: [run.metrics[name] for run in runs if name in run.metrics] for name in wanted}
        if not any(values.values()):
            raise NoFinishedRuns(experiment_id, wanted)
        return {STATISTICS[name]: statistics_of(measured) for name, measured in values.items() if measured}

    def _finished(self, experiment_id: str, metrics: Sequence[str]) -> list[RunRecord]:
        with self._database.reading() as session:
            experiment = Experiments(session).get(experiment_id)
            if experiment is None:
                raise ExperimentNotFound(experiment_id)
            if not Runs(session).counts(experiment.experiment_id).by_status:
                raise NoRuns(experiment_id)
            return Runs(session).finished(experiment.experiment_id, metrics)

    def _described(self, run: RunRecord, metrics: Sequence[str]) -> BestRun:
        with self._database.reading() as session:
            found = Runs(session).get(run.run_id)
        tags = found.tags if found else {}
        return BestRun(
            run_id=run.run_id,
            name=run.name or UNKNOWN,
            model=tags.get(MODEL_TAG) or UNKNOWN,
            metrics={name: run.metrics[name] for name in metrics if name in run.metrics},
        )


def _rank(run: RunRecord, metric: str) -> tuple[bool, float]:
    """Return what sorts better runs first."""
    value = run.metrics.get(metric)
    if value is None:
        return True, 0.0
    return False, value if smaller_is_better(metric) else -value
