"""Hand the model of a run on to ml-model."""

import json
from typing import Any

from servicekit.peer import PeerAnswer
from tracking.client.ml_model import MlModel, ModelSetting
from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.persistence.model.run import FINISHED, RunRecord
from tracking.persistence.repository.runs import Runs
from tracking.service import run_vocabulary
from tracking.service.errors import RunNotDeployable, RunNotFinished, RunNotFound


class Deployment:
    """The use case of deploying what was tuned."""

    def __init__(self, database: MlflowDatabase, ml_model: MlModel) -> None:
        self._database = database
        self._ml_model = ml_model

    def deploy(self, run_id: str) -> PeerAnswer:
        """Deploy a run's model with its best hyperparameters, and return what ml-model said.

        Raises:
            RunNotFound: there is no such run, or it was deleted.
            RunNotDeployable: no optimization made it.
            RunNotFinished: it failed or is still running.
            Unavailable, UpstreamTimeout, UpstreamFailed: ml-model does not answer as it should.
        """
        with self._database.reading() as session:
            run = Runs(session).get(run_id)
        if run is None:
            raise RunNotFound(run_id)
        return self._ml_model.set_model(_setting(run))


def _setting(run: RunRecord) -> ModelSetting:
    if run.tags.get(run_vocabulary.TYPE_TAG) != run_vocabulary.EXPERIMENT_TYPE:
        raise RunNotDeployable(run.run_id)
    if run.status != FINISHED:
        raise RunNotFinished(run.run_id, run.status)
    model, hyperparameters = (
        run.tags.get(tag) for tag in (run_vocabulary.MODEL_TAG, run_vocabulary.HYPERPARAMETERS_TAG)
    )
    if model is None or hyperparameters is None:
        raise RunNotDeployable(run.run_id)
    preprocessing = run.tags.get(run_vocabulary.PREPROCESSING_TAG) or "standard"
    return ModelSetting(model, _decoded(run, hyperparameters), preprocessing, run.run_id)


def _decoded(run: RunRecord, text: str) -> dict[str, Any]:
    """Read the tag, which anybody may have changed in MLflow's own interface."""
    try:
        hyperparameters = json.loads(text)
    except ValueError:
        hyperparameters = None
    if not isinstance(hyperparameters, dict):
        raise RunNotDeployable(run.run_id)
    return hyperparameters
