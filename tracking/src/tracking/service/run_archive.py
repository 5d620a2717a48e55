"""The runs that are kept: list, read, delete."""

from dataclasses import dataclass
from typing import Literal

from tracking.client.mlflow_runs import MlflowRuns
from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.persistence.model.run import RunRecord
from tracking.persistence.repository.experiments import Experiments
from tracking.persistence.repository.runs import Runs
from tracking.service.errors import ExperimentNotFound, NoRuns, RunNotFound

ParameterType = Literal["data", "grid_search", "model"]
MetricType = Literal["system", "model"]


@dataclass(frozen=True)
class RunPage:
    """Some runs of an experiment, the newest first, and how many it has in all."""

    runs: list[RunRecord]
    total: int


class RunArchive:
    """The use cases around single runs."""

    def __init__(self, database: MlflowDatabase, runs: MlflowRuns) -> None:
        self._database = database
        self._runs = runs

    def listed(self, experiment_id: str, limit: int | None, offset: int) -> RunPage:
        """List an experiment's runs, the newest first.

        Raises:
            ExperimentNotFound: there is none, or it was deleted.
            NoRuns: it has none.
        """
        with self._database.reading() as session:
            experiment = Experiments(session).get(experiment_id)
            if experiment is None:
                raise ExperimentNotFound(experiment_id)
            total = sum(Runs(session).counts(experiment.experiment_id).by_status.values())
            page = Runs(session).of_experiment(experiment.experiment_id, limit, offset)
        if total == 0:
            raise NoRuns(experiment_id)
        return RunPage(page, total)

    def parameters(self, experiment_id: str, run_id: str, kind: ParameterType) -> dict[str, str]:
        """Give a run's parameters of one kind, without the kind in front of their names.

        Raises:
            RunNotFound: the experiment has no such run.
        """
        with self._database.reading() as session:
            self._check(Runs(session), experiment_id, run_id)
            return Runs(session).parameters(run_id, f"{kind}_")

    def metrics(self, experiment_id: str, run_id: str, kind: MetricType) -> dict[str, float | None]:
        """Give a run's metrics of one kind, without the kind in front of their names.

        Raises:
            RunNotFound: the experiment has no such run.
        """
        with self._database.reading() as session:
            self._check(Runs(session), experiment_id, run_id)
            return Runs(session).metrics(run_id, f"{kind}_")

    def delete(self, experiment_id: str, run_id: str) -> None:
        """Delete a run.

        Raises:
            RunNotFound: the experiment has no such run, or it was deleted before.
            Unavailable: the MLflow server does not answer.
        """
        with self._database.reading() as session:
            self._check(Runs(session), experiment_id, run_id)
        self._runs.delete(run_id)

    def _check(self, runs: Runs, experiment_id: str, run_id: str) -> None:
        run = runs.get(run_id)
        if run is None or run.experiment_id != experiment_id:
            raise RunNotFound(run_id, experiment_id)
