"""Score the trained model on a set."""

from typing import Any

from ml_model.persistence.model.record import TrainedModelRecord
from ml_model.persistence.repository.trained_models import TrainedModels
from ml_model.service.errors import ColumnsDiffer, ModelReplaced, NotTrained
from ml_model.service.labelled_sets import DatasetName, LabelledSet, LabelledSets
from ml_model.service.model_series import ModelSeries
from ml_model.service.scoring import Outcome, deployed, hold, predicted, store
from ml_model.service.stored_pipelines import StoredPipelines
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)


class Evaluation:
    """The use case of testing and of production."""

    def __init__(
        self, session: AnySession, sets: LabelledSets, pipelines: StoredPipelines, series: ModelSeries
    ) -> None:
        self._session = session
        self._sets = sets
        self._pipelines = pipelines
        self._series = series

    def evaluate(self, dataset: DatasetName, source: str | None = None) -> Outcome:
        """Predict every sample of a set, store the predictions and scores, and give the scores.

        Raises:
            NothingDeployed, NotTrained, DatasetNotLoaded, NotAClassification, ColumnsDiffer,
            StoredModelDamaged, ModelReplaced, DatasetReloaded
        """
        with transaction(self._session):
            deployment = deployed(self._session)
            trained = TrainedModels(self._session).latest(deployment.deployment_id)
            if trained is None:
                raise NotTrained(deployment.model_name)
            labelled = self._sets.read(dataset, source)
        check_columns(trained, labelled)
        predictions = predicted(self._pipelines.get(trained), labelled)
        with transaction(self._session):
            hold(self._session, deployment)
            if TrainedModels(self._session).latest(deployment.deployment_id) != trained:
                raise ModelReplaced
            evaluation = store(self._session, trained, labelled, predictions)
        self._series.scored(deployment.model_name, evaluation)
        log.info("model evaluated", model_version=trained.version, dataset=dataset, source=evaluation.source)
        return Outcome(deployment, trained, evaluation)


def check_columns(trained: TrainedModelRecord, labelled: LabelledSet) -> None:
    """Check that a set is like the one that the model was trained on, in columns and classes.

    Raises:
        ColumnsDiffer: with each difference.
    """
    schema = labelled.record.schema
    if schema.columns == trained.columns and schema.target.classes == trained.classes:
        return
    ours = {column.name: column.kind for column in trained.columns}
    theirs = {column.name: column.kind for column in schema.columns}
    differences: list[dict[str, Any]] = [
        {"column": name, "trained_on": ours.get(name), "in_the_set": theirs.get(name)}
        for name in [*ours, *(theirs.keys() - ours.keys())]
        if ours.get(name) != theirs.get(name)
    ]
    if schema.target.classes != trained.classes:
        classes = {"trained_on": list(trained.classes), "in_the_set": list(schema.target.classes)}
        differences.append({"column": schema.target.name, **classes})
    raise ColumnsDiffer(trained.version, differences or [{"column": "(order of the columns)"}])
