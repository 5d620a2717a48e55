"""Where the models come from that are registered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from datasetdb.errors import InvalidSchema
from ml_model.client.logged_models import LoggedModel, LoggedModels, NoSuchRegisteredModel
from ml_model.client.run_models import NoSuchModel, NoSuchRun
from ml_model.persistence.model.record import TrainedModelRecord
from ml_model.persistence.repository.deployments import Deployments
from ml_model.persistence.repository.trained_models import TrainedModels
from ml_model.service.candidates import Candidate, of_onnx, of_pipeline
from ml_model.service.errors import DatasetNotLoaded, DatasetReloaded, NotAClassification
from ml_model.service.labelled_sets import LabelledSets
from ml_model.service.registry_errors import ModelRefused, ModelTooLarge, SourceNotFound
from ml_model.serving.derivation import KnownInput, UnknownInput, mlflow_columns
from ml_model.serving.signature import Signature
from servicekit.database import AnySession, transaction

CHOOSE_RUN = "choose another run, or leave model_uri out"


@dataclass(frozen=True)
class FromRun:
    """The model of an MLflow run."""

    run_id: str
    model_uri: str | None = None


@dataclass(frozen=True)
class FromRegisteredModel:
    """A version of a model that is registered with MLflow; the newest where none is named."""

    name: str
    version: str | None = None


@dataclass(frozen=True)
class FromTraining:
    """A model that was trained here; the one in use where no id is given."""

    trained_model_id: int | None = None


@dataclass(frozen=True)
class FromFile:
    """An ONNX file with what it takes and gives."""

    content: bytes
    file_name: str
    signature: Signature
    example: dict[str, Any]


Source = FromRun | FromRegisteredModel | FromTraining | FromFile


class ModelSources:
    """Fetches models, compiles and tries them; the slow part of a registration.

    Args:
        session: of the dataset database.
        logged: reads MLflow's models.
        sets: reads the training set that a model was trained on.
        most_bytes: of a model.
    """

    def __init__(
        self, session: AnySession, logged: LoggedModels, sets: LabelledSets, most_bytes: int
    ) -> None:
        self._session = session
        self._logged = logged
        self._sets = sets
        self._most_bytes = most_bytes

    def candidate(self, source: Source) -> Candidate:
        """Fetch a model and try it.

        Raises:
            SourceNotFound, ModelRefused, ModelTooLarge, FileRefused, ExampleRefused, MlflowUnavailable
        """
        if isinstance(source, FromFile):
            self._check_size(source.content)
            described = {"kind": "onnx", "file_name": source.file_name}
            return of_onnx(source.content, source.signature, source.example, described)
        if isinstance(source, FromTraining):
            return self._trained(source)
        return self._from_run(source) if isinstance(source, FromRun) else self._registered(source)

    def _check_size(self, content: bytes) -> None:
        if len(content) > self._most_bytes:
            raise ModelTooLarge(len(content), self._most_bytes)

    def _from_run(self, source: FromRun) -> Candidate:
        try:
            logged = self._logged.of_run(source.run_id, source.model_uri)
        except NoSuchRun as fault:
            raise SourceNotFound(
                f"run {source.run_id!r} in MLflow, or it was deleted", "choose another run"
            ) from fault
        except NoSuchModel as fault:
            raise SourceNotFound(
                f"model of run {source.run_id!r} that can be served: {fault}", CHOOSE_RUN
            ) from fault
        described = {"kind": "run", "run_id": source.run_id, "model_uri": logged.model_uri}
        return self._of_logged(f"The model of run {source.run_id!r}", logged, described)

    def _registered(self, source: FromRegisteredModel) -> Candidate:
        what = f"registered model {source.name!r}"
        if source.version is not None:
            what += f" with version {source.version!r}"
        try:
            logged, version = self._logged.registered(source.name, source.version)
        except (NoSuchRegisteredModel, NoSuchModel) as fault:
            raise SourceNotFound(f"{what} in MLflow that can be served: {fault}", "choose another") from fault
        described = {
            "kind": "registered_model",
            "registered_model": source.name,
            "registered_version": version,
            "run_id": logged.run_id,
            "model_uri": logged.model_uri,
        }
        return self._of_logged(f"The registered model {source.name!r}", logged, described)

    def _of_logged(self, what: str, logged: LoggedModel, described: dict[str, Any]) -> Candidate:
        self._check_size(logged.data)
        try:
            columns = mlflow_columns(logged.inputs or ())
        except UnknownInput as fault:
            raise ModelRefused(what, str(fault)) from fault
        example = logged.example if isinstance(logged.example, Mapping) else None
        if example is None and isinstance(logged.example, list) and len(logged.example) == len(columns):
            example = dict(zip((name for name, _ in columns), logged.example, strict=True))
        return of_pipeline(what, logged.data, KnownInput(columns, (), example), described)

    def _trained(self, source: FromTraining) -> Candidate:
        with transaction(self._session):
            record = self._record(source)
            data = TrainedModels(self._session).model(record.trained_model_id)
        if data is None:
            raise SourceNotFound(f"trained model {record.trained_model_id}", "train one with POST /root/ml")
        columns = tuple((column.name, column.kind) for column in record.columns)
        described = {
            "kind": "trained",
            "trained_model_id": record.trained_model_id,
            "model_version": record.version,
            "dataset": record.source,
        }
        known = KnownInput(columns, self._training_rows(record), None)
        return of_pipeline(f"The trained model {record.version}", data, known, described)

    def _record(self, source: FromTraining) -> TrainedModelRecord:
        models = TrainedModels(self._session)
        if source.trained_model_id is not None:
            found = models.get(source.trained_model_id)
            what = f"trained model {source.trained_model_id}"
        else:
            deployed = Deployments(self._session).latest()
            found = None if deployed is None else models.latest(deployed.deployment_id)
            what = "trained model yet"
        if found is None:
            raise SourceNotFound(what, 'train one with POST /root/ml {"dataset": "training"}')
        return found

    def _training_rows(self, record: TrainedModelRecord) -> list[list[Any]]:
        """Read the rows that the model was trained on, if they are still loaded as they were then."""
        try:
            with transaction(self._session):
                labelled = self._sets.read("training", record.source)
        except (DatasetNotLoaded, DatasetReloaded, NotAClassification, InvalidSchema):
            return []
        if labelled.fingerprint() != record.dataset_fingerprint:
            return []
        return rows_of(labelled.frame.features)


def rows_of(features: pd.DataFrame) -> list[list[Any]]:
    """Give a frame's rows as models take them: numbers, text, and NaN where something is missing."""
    columns = [
        column.astype(object).where(column.notna(), float("nan")).tolist()
        if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == object
        else column.astype("Float64").to_numpy(dtype=float, na_value=float("nan")).tolist()
        for _, column in features.items()
    ]
    return [list(row) for row in zip(*columns, strict=True)]
