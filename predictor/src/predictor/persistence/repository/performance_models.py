"""Trained models, their numbers, and which one is active."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import func, insert, select, text, update

from predictor.persistence.model.performance_model import ModelActivation, QueryPerformanceModel
from predictor.persistence.model.record import ActivationRecord, ModelRecord
from servicekit.database import AnySession

NUMBERS_LOCK = 0x9ED1_0001
ACTIVE_LOCK = 0x9ED1_0002
_RECORD = [getattr(QueryPerformanceModel, field.name) for field in fields(ModelRecord)]
_ACTIVATION = [getattr(ModelActivation, field.name) for field in fields(ActivationRecord)]


@dataclass(frozen=True)
class NewModel:
    """A trained model that is to be kept."""

    job_id: str
    database_name: str
    lookback_days: int
    model_type: str
    training_samples: int
    last_sample_id: int
    r_squared: float | None
    rmse: float | None
    mae: float | None
    report: Mapping[str, Any]
    library_versions: Mapping[str, str]
    artifact: bytes
    artifact_sha256: str


class PerformanceModels:
    """Adds and finds trained models."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, new: NewModel) -> int:
        """Keep a model under the next number; others who add wait until this transaction ends."""
        self._lock(NUMBERS_LOCK)
        newest = self._session.scalar(select(func.max(QueryPerformanceModel.model_id)))
        model_id = (newest or 0) + 1
        self._session.execute(insert(QueryPerformanceModel).values(model_id=model_id, **vars(new)))
        return model_id

    def get(self, model_id: int) -> ModelRecord | None:
        """Find a model."""
        wanted = select(*_RECORD).where(QueryPerformanceModel.model_id == model_id)
        row = self._session.execute(wanted).one_or_none()
        return None if row is None else ModelRecord(*row)

    def artifact(self, model_id: int) -> tuple[bytes, str] | None:
        """Read a stored artifact and the SHA-256 that it must have."""
        wanted = select(QueryPerformanceModel.artifact, QueryPerformanceModel.artifact_sha256)
        row = self._session.execute(wanted.where(QueryPerformanceModel.model_id == model_id)).one_or_none()
        return None if row is None else (bytes(row[0]), row[1])

    def newest_like(self, database_name: str, lookback_days: int, model_type: str) -> ModelRecord | None:
        """Find the newest model of a type for a database and lookback."""
        wanted = select(*_RECORD).where(
            QueryPerformanceModel.database_name == database_name,
            QueryPerformanceModel.lookback_days == lookback_days,
            QueryPerformanceModel.model_type == model_type,
        )
        row = self._session.execute(
            wanted.order_by(QueryPerformanceModel.model_id.desc()).limit(1)
        ).one_or_none()
        return None if row is None else ModelRecord(*row)

    def listed(self, limit: int, offset: int) -> list[ModelRecord]:
        """List models, the newest first."""
        newest = select(*_RECORD).order_by(QueryPerformanceModel.model_id.desc())
        return [ModelRecord(*row) for row in self._session.execute(newest.limit(limit).offset(offset))]

    def count(self) -> int:
        """Count the models."""
        return self._session.scalar(select(func.count()).select_from(QueryPerformanceModel)) or 0

    def active_id(self) -> int | None:
        """Tell which model is active."""
        return self._session.scalar(
            select(ModelActivation.model_id).where(ModelActivation.deactivated_at.is_(None))
        )

    def activate(self, model_id: int, reason: str, request_id: str | None) -> bool:
        """Make a model the active one; False when it is already. Others who switch wait for this one."""
        self._lock(ACTIVE_LOCK)
        if self.active_id() == model_id:
            return False
        now = func.clock_timestamp()
        present = update(ModelActivation).where(ModelActivation.deactivated_at.is_(None))
        self._session.execute(present.values(deactivated_at=now))
        values = {"model_id": model_id, "reason": reason, "request_id": request_id}
        self._session.execute(insert(ModelActivation).values(values))
        return True

    def activations(self, model_id: int | None = None, limit: int = 100) -> list[ActivationRecord]:
        """List when models were active, the newest first."""
        wanted = select(*_ACTIVATION).order_by(ModelActivation.activation_id.desc()).limit(limit)
        if model_id is not None:
            wanted = wanted.where(ModelActivation.model_id == model_id)
        return [ActivationRecord(*row) for row in self._session.execute(wanted)]

    def _lock(self, key: int) -> None:
        self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
