"""Making and deleting experiments on the MLflow server."""

import uuid
from collections.abc import Mapping

from mlflow import MlflowClient

from tracking.client.mlflow_server import MlflowRefused, answering

ACTIVE = "active"
LONGEST_NAME = 256
ALREADY_THERE = "RESOURCE_ALREADY_EXISTS"


class MlflowExperiments:
    """Experiments by name; the caller holds the name's lock."""

    def __init__(self, client: MlflowClient) -> None:
        self._client = client

    def ensure(self, name: str, tags: Mapping[str, str]) -> str:
        """Return the id of the experiment of this name, making it with the tags when there is none.

        MLflow keeps the name of a deleted experiment: one that was deleted in MLflow's own interface is
        renamed first.

        Raises:
            MlflowUnavailable, MlflowRefused
        """
        with answering():
            found = self._client.get_experiment_by_name(name)
            if found is not None and found.lifecycle_stage == ACTIVE:
                return str(found.experiment_id)
            if found is not None:
                self._client.restore_experiment(found.experiment_id)
                self._remove(found.experiment_id, name)
        return self._create(name, tags)

    def delete(self, experiment_id: str, name: str) -> None:
        """Delete an experiment and free its name.

        Raises:
            MlflowUnavailable, MlflowRefused
        """
        with answering():
            self._remove(experiment_id, name)

    def _remove(self, experiment_id: str, name: str) -> None:
        self._client.rename_experiment(experiment_id, freed_name(name))
        self._client.delete_experiment(experiment_id)

    def _create(self, name: str, tags: Mapping[str, str]) -> str:
        try:
            with answering():
                return str(self._client.create_experiment(name, tags=dict(tags)))
        except MlflowRefused as refusal:
            if refusal.code != ALREADY_THERE:
                raise
        # Made meanwhile by someone who does not take the lock, or by our own request that was repeated.
        with answering():
            return str(self._client.get_experiment_by_name(name).experiment_id)


def freed_name(name: str) -> str:
    """Return what a deleted experiment is called from then on: its name and a mark that no other has."""
    mark = f" (deleted {uuid.uuid4().hex[:12]})"
    return name[: LONGEST_NAME - len(mark)] + mark
