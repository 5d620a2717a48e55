"""Train the deployed model on the training set."""

import time
from dataclasses import dataclass
from typing import Any

import pandas as pd

from datasetdb.schema import columns_document
from ml_model.persistence.model.record import DeploymentRecord, TrainedModelRecord
from ml_model.persistence.repository.deployments import Deployments
from ml_model.persistence.repository.trained_models import NewTrainedModel, TrainedModels
from ml_model.service.errors import ModelReplaced, StoredModelDamaged, TrainedModelTooLarge, TrainingFailed
from ml_model.service.labelled_sets import LabelledSet, LabelledSets
from ml_model.service.model_series import ModelSeries
from ml_model.service.scoring import Outcome, deployed, hold, predicted, store
from ml_model.service.stored_pipelines import StoredPipelines
from ml_model.utils.digest import sha256
from modelcatalogue.pipelines import build
from modelcatalogue.storage import dumps, loads
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class TrainingLimits:
    """What a training is bound to: `max_bytes` of a stored model, `seed` of a model that names none."""

    max_bytes: int
    seed: int


@dataclass(frozen=True)
class _Training:
    """A training under way; `known` is a trained model that has learnt from these very data already."""

    deployment: DeploymentRecord
    labelled: LabelledSet
    fingerprint: str
    tuned: bytes | None
    known: TrainedModelRecord | None


class Training:
    """The use case of training.

    Args:
        session: of the dataset database.
        sets: reads the training set.
        pipelines: keeps what was fitted at hand.
        series: counts.
        limits: size and seed.
    """

    def __init__(
        self,
        session: AnySession,
        sets: LabelledSets,
        pipelines: StoredPipelines,
        series: ModelSeries,
        limits: TrainingLimits,
    ) -> None:
        self._session = session
        self._sets = sets
        self._pipelines = pipelines
        self._series = series
        self._limits = limits

    def train(self, source: str | None = None) -> Outcome:
        """Fit the deployed model, store it with its predictions and scores, and give the scores.

        The same deployment on the same data is not fitted again: the stored model is used.

        Raises:
            NothingDeployed, DatasetNotLoaded, NotAClassification, TrainingFailed, TrainedModelTooLarge,
            ModelReplaced, DatasetReloaded
        """
        training = self._prepare(source)
        pipeline = self._known_pipeline(training)
        fitted = pipeline is None
        if fitted:
            pipeline = self._fit(training)
        predictions = self._predict(pipeline, training)
        new = self._packed(pipeline, training) if fitted else None
        outcome = self._store(training, new, predictions)
        self._pipelines.keep(outcome.trained.trained_model_id, pipeline)
        self._series.scored(training.deployment.model_name, outcome.evaluation)
        log.info("model trained", model_version=outcome.trained.version, fitted=fitted)
        return outcome

    def _prepare(self, source: str | None) -> _Training:
        with transaction(self._session):
            deployment = deployed(self._session)
            labelled = self._sets.read("training", source)
            tuned = Deployments(self._session).pipeline(deployment.deployment_id)
            latest = TrainedModels(self._session).latest(deployment.deployment_id)
        fingerprint = labelled.fingerprint()
        known = latest if latest is not None and latest.dataset_fingerprint == fingerprint else None
        return _Training(deployment, labelled, fingerprint, tuned, known)

    def _known_pipeline(self, training: _Training) -> Any | None:
        if training.known is None:
            return None
        try:
            return self._pipelines.get(training.known)
        except StoredModelDamaged as fault:
            log.warning("trained again", reason=fault.message)
            return None

    def _fit(self, training: _Training) -> Any:
        name = training.deployment.model_name
        start = time.perf_counter()
        try:
            frame = training.labelled.frame
            pipeline = self._untrained(training).fit(frame.features, frame.target)
        except Exception as fault:
            raise TrainingFailed(name, _first_line(fault)) from fault
        self._series.fitted(name, time.perf_counter() - start)
        return pipeline

    def _untrained(self, training: _Training) -> Any:
        deployment = training.deployment
        if training.tuned is not None:
            return loads(training.tuned, deployment.model_name)
        return build(
            deployment.model_name,
            deployment.hyperparameters,
            deployment.preprocessing,
            self._limits.seed,
            training.labelled.categories,
        )

    def _predict(self, pipeline: Any, training: _Training) -> pd.Series:
        try:
            return predicted(pipeline, training.labelled)
        except Exception as fault:
            raise TrainingFailed(training.deployment.model_name, _first_line(fault)) from fault

    def _packed(self, pipeline: Any, training: _Training) -> NewTrainedModel:
        data = dumps(pipeline)
        if len(data) > self._limits.max_bytes:
            raise TrainedModelTooLarge(training.deployment.model_name, len(data), self._limits.max_bytes)
        record = training.labelled.record
        return NewTrainedModel(
            deployment_id=training.deployment.deployment_id,
            source=record.source,
            dataset_fingerprint=training.fingerprint,
            samples=record.samples,
            columns=columns_document(record.schema),
            classes=list(record.schema.target.classes),
            model=data,
            model_sha256=sha256(data),
        )

    def _store(self, training: _Training, new: NewTrainedModel | None, predictions: pd.Series) -> Outcome:
        with transaction(self._session):
            hold(self._session, training.deployment)
            trained = self._trained(training, new)
            evaluation = store(self._session, trained, training.labelled, predictions)
        return Outcome(training.deployment, trained, evaluation)

    def _trained(self, training: _Training, new: NewTrainedModel | None) -> TrainedModelRecord:
        """Keep what was fitted, unless someone else kept the same meanwhile."""
        models = TrainedModels(self._session)
        latest = models.latest(training.deployment.deployment_id)
        same = latest is not None and latest.dataset_fingerprint == training.fingerprint
        if latest is not None and same and (new is None or latest != training.known):
            return latest
        if new is None:
            raise ModelReplaced
        return models.add(new)


def _first_line(fault: Exception) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(fault).__name__
