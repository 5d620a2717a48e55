"""Predictions of a trained model and their scores, stored together."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from datasetdb.repository.predictions import Predictions
from ml_model.persistence.model.record import DeploymentRecord, EvaluationRecord, Scores, TrainedModelRecord
from ml_model.persistence.repository.deployments import Deployments
from ml_model.persistence.repository.evaluations import Evaluations, NewEvaluation
from ml_model.service.errors import ModelReplaced, NothingDeployed
from ml_model.service.labelled_sets import LabelledSet, unchanged
from modelcatalogue.scores import metrics
from servicekit.database import AnySession


@dataclass(frozen=True)
class Outcome:
    """What a training or an evaluation came to."""

    deployment: DeploymentRecord
    trained: TrainedModelRecord
    evaluation: EvaluationRecord


def predicted(pipeline: Any, labelled: LabelledSet) -> pd.Series:
    """Predict a class label for each sample; indexed by sample_index."""
    features = labelled.frame.features
    return pd.Series(pipeline.predict(features), index=features.index, name="prediction")


def deployed(session: AnySession) -> DeploymentRecord:
    """Find what is deployed.

    Raises:
        NothingDeployed
    """
    found = Deployments(session).latest()
    if found is None:
        raise NothingDeployed
    return found


def hold(session: AnySession, deployment: DeploymentRecord) -> None:
    """Keep a deployment in place until the transaction ends.

    Raises:
        ModelReplaced: another one was deployed meanwhile.
    """
    Deployments(session).lock()
    latest = Deployments(session).latest()
    if latest is None or latest.deployment_id != deployment.deployment_id:
        raise ModelReplaced


def store(
    session: AnySession, trained: TrainedModelRecord, labelled: LabelledSet, predictions: pd.Series
) -> EvaluationRecord:
    """Replace the set's predictions and the model's scores on it, in the caller's transaction.

    Raises:
        DatasetReloaded
    """
    scores = Scores(**metrics(labelled.frame.target, predictions))
    record = labelled.record
    with unchanged(record):
        Predictions(session).replace(record, predictions, trained.version)
    new = NewEvaluation(trained.trained_model_id, record.source, record.name, len(predictions), scores)
    return Evaluations(session).put(new)
