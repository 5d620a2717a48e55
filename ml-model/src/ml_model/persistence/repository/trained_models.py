"""Trained models of a deployment."""

from dataclasses import dataclass

from sqlalchemy import Select, insert, select

from datasetdb.schema import ClassLabel, columns_from
from ml_model.persistence.model.deployment import Deployment
from ml_model.persistence.model.record import TrainedModelRecord
from ml_model.persistence.model.trained_model import TrainedModel
from servicekit.database import AnySession


@dataclass(frozen=True)
class NewTrainedModel:
    """A fitted pipeline that is to be kept, and what it was fitted on."""

    deployment_id: int
    source: str
    dataset_fingerprint: str
    samples: int
    columns: list[dict[str, str]]
    classes: list[ClassLabel]
    model: bytes
    model_sha256: str


class TrainedModels:
    """Adds and finds trained models."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, new: NewTrainedModel) -> TrainedModelRecord:
        """Keep a trained model; it is the deployment's newest from now on."""
        added = insert(TrainedModel).values(vars(new)).returning(TrainedModel.trained_model_id)
        self._session.execute(added)
        found = self.latest(new.deployment_id)
        if found is None:
            raise LookupError(f"deployment {new.deployment_id} has no trained model though one was added")
        return found

    def latest(self, deployment_id: int) -> TrainedModelRecord | None:
        """Find the trained model of a deployment that is in use."""
        of_deployment = _with_name().where(TrainedModel.deployment_id == deployment_id)
        newest = of_deployment.order_by(TrainedModel.trained_model_id.desc()).limit(1)
        row = self._session.execute(newest).one_or_none()
        return None if row is None else _record(*row)

    def get(self, trained_model_id: int) -> TrainedModelRecord | None:
        """Find a trained model by its id."""
        wanted = _with_name().where(TrainedModel.trained_model_id == trained_model_id)
        row = self._session.execute(wanted).one_or_none()
        return None if row is None else _record(*row)

    def model(self, trained_model_id: int) -> bytes | None:
        """Read the stored pipeline."""
        wanted = select(TrainedModel.model).where(TrainedModel.trained_model_id == trained_model_id)
        return self._session.scalar(wanted)


def _with_name() -> Select[tuple[TrainedModel, str]]:
    return select(TrainedModel, Deployment.model_name).join(
        Deployment, Deployment.deployment_id == TrainedModel.deployment_id
    )


def _record(row: TrainedModel, model_name: str) -> TrainedModelRecord:
    return TrainedModelRecord(
        trained_model_id=row.trained_model_id,
        deployment_id=row.deployment_id,
        model_name=model_name,
        source=row.source,
        dataset_fingerprint=row.dataset_fingerprint,
        samples=row.samples,
        columns=columns_from(row.columns),
        classes=tuple(row.classes),
        model_sha256=row.model_sha256,
        trained_at=row.trained_at,
    )
