"""Deployments: the history, and the one that counts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select

from ml_model.persistence.model.deployment import Deployment
from ml_model.persistence.model.record import DeploymentRecord
from servicekit.database import AnySession

_LOCK = "ml_model.deployments"
_IDENTITY = ("model_name", "hyperparameters", "preprocessing", "run_id", "artifact_sha256")


@dataclass(frozen=True)
class NewDeployment:
    """A model that is to be deployed; the last three are set for a model from a run."""

    model_name: str
    hyperparameters: dict[str, Any]
    preprocessing: str
    run_id: str | None = None
    artifact_sha256: str | None = None
    pipeline: bytes | None = None

    def is_like(self, known: DeploymentRecord) -> bool:
        """Tell whether that deployment is of the same model from the same place."""
        return all(getattr(self, name) == getattr(known, name) for name in _IDENTITY)


class Deployments:
    """Adds and finds deployments."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def lock(self) -> None:
        """Let one transaction at a time change what is deployed, trained or predicted."""
        self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_LOCK, 0))))

    def add(self, new: NewDeployment) -> DeploymentRecord:
        """Deploy a model from now on."""
        added = insert(Deployment).values(vars(new)).returning(Deployment)
        return _record(self._session.execute(added).scalar_one())

    def latest(self) -> DeploymentRecord | None:
        """Find what is deployed."""
        newest = select(Deployment).order_by(Deployment.deployment_id.desc()).limit(1)
        found = self._session.scalars(newest).one_or_none()
        return None if found is None else _record(found)

    def pipeline(self, deployment_id: int) -> bytes | None:
        """Read the stored pipeline of a deployment that came from a run."""
        wanted = select(Deployment.pipeline).where(Deployment.deployment_id == deployment_id)
        return self._session.scalar(wanted)


def _record(row: Deployment) -> DeploymentRecord:
    return DeploymentRecord(
        deployment_id=row.deployment_id,
        model_name=row.model_name,
        hyperparameters=row.hyperparameters,
        preprocessing=row.preprocessing,
        run_id=row.run_id,
        artifact_sha256=row.artifact_sha256,
        deployed_at=row.deployed_at,
    )
