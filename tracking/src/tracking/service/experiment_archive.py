"""The experiments that are kept: list, describe, delete."""

from dataclasses import dataclass

from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.persistence.model.experiment import ExperimentCount, ExperimentRecord
from tracking.persistence.model.run import RunCounts
from tracking.persistence.repository.experiments import Experiments
from tracking.persistence.repository.runs import Runs
from tracking.service.errors import ExperimentNotFound, ExperimentProtected, NoRuns
from tracking.service.experiment_naming import ExperimentNaming

MLFLOWS_OWN = "0"


@dataclass(frozen=True)
class ExperimentOverview:
    """An experiment and the number of its runs by status."""

    experiment: ExperimentRecord
    runs: RunCounts


class ExperimentArchive:
    """The use cases around experiments."""

    def __init__(self, database: MlflowDatabase, naming: ExperimentNaming) -> None:
        self._database = database
        self._naming = naming

    def listed(self) -> list[ExperimentCount]:
        """List all experiments, the newest first."""
        with self._database.reading() as session:
            return Experiments(session).counted()

    def overview(self, experiment_id: str) -> ExperimentOverview:
        """Describe an experiment.

        Raises:
            ExperimentNotFound: there is none, or it was deleted.
            NoRuns: it has no runs.
        """
        with self._database.reading() as session:
            experiment = _found(Experiments(session), experiment_id)
            counts = Runs(session).counts(experiment.experiment_id)
        if not counts.by_status:
            raise NoRuns(experiment_id)
        return ExperimentOverview(experiment, counts)

    def delete(self, experiment_id: str) -> None:
        """Delete an experiment with its runs; its name is free from then on.

        Raises:
            ExperimentNotFound: there is none, or it was deleted before.
            ExperimentProtected: it is MLflow's own.
            Unavailable: the MLflow server does not answer.
        """
        with self._database.reading() as session:
            experiment = _found(Experiments(session), experiment_id)
        if experiment.experiment_id == MLFLOWS_OWN:
            raise ExperimentProtected(experiment.name)
        self._naming.delete(experiment.experiment_id, experiment.name)


def _found(experiments: Experiments, experiment_id: str) -> ExperimentRecord:
    experiment = experiments.get(experiment_id)
    if experiment is None:
        raise ExperimentNotFound(experiment_id)
    return experiment
