"""Experiments by name: made once however many ask at the same time, and freed when deleted."""

from dataclasses import dataclass

from tracking.client.mlflow_experiments import MlflowExperiments
from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.persistence.repository.experiments import Experiments

SHOWN_BY_MLFLOW = "mlflow.note.content"


@dataclass(frozen=True)
class ExperimentLabel:
    """What an experiment is called, what it is for, and whose it is."""

    name: str
    description: str | None
    owner: str | None

    @property
    def tags(self) -> dict[str, str]:
        """Return the tags of a new experiment; the description also where MLflow's interface shows one."""
        tags = {"description": self.description, SHOWN_BY_MLFLOW: self.description, "owner": self.owner}
        return {key: value for key, value in tags.items() if value is not None}


class ExperimentNaming:
    """Makes and deletes experiments, one worker at a time for each name."""

    def __init__(self, database: MlflowDatabase, experiments: MlflowExperiments) -> None:
        self._database = database
        self._experiments = experiments

    def ensure(self, label: ExperimentLabel) -> str:
        """Return the id of the experiment of this name, made with the label's tags when it is new."""
        with self._database.reading() as session:
            Experiments(session).lock_name(label.name)
            return self._experiments.ensure(label.name, label.tags)

    def delete(self, experiment_id: str, name: str) -> None:
        """Delete an experiment with its runs; a new one may have its name."""
        with self._database.reading() as session:
            Experiments(session).lock_name(name)
            self._experiments.delete(experiment_id, name)
