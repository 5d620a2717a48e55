"""What is deployed, trained and scored."""

from dataclasses import dataclass

from ml_model.persistence.model.record import DeploymentRecord, EvaluationRecord, TrainedModelRecord
from ml_model.persistence.repository.deployments import Deployments
from ml_model.persistence.repository.evaluations import Evaluations
from ml_model.persistence.repository.trained_models import TrainedModels
from servicekit.database import AnySession, transaction


@dataclass(frozen=True)
class Status:
    """The deployed model; trained, once it is; its scores, the latest first."""

    deployment: DeploymentRecord | None
    trained: TrainedModelRecord | None
    evaluations: list[EvaluationRecord]


class ModelStatus:
    """The use case of looking."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def current(self) -> Status:
        """Tell what is deployed, whether it is trained, and how it scored."""
        with transaction(self._session):
            deployment = Deployments(self._session).latest()
            if deployment is None:
                return Status(None, None, [])
            trained = TrainedModels(self._session).latest(deployment.deployment_id)
            if trained is None:
                return Status(deployment, None, [])
            return Status(deployment, trained, Evaluations(self._session).of_model(trained.trained_model_id))
