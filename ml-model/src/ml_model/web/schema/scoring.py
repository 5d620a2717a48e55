"""Requests and answers about training and scores."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from ml_model.persistence.model.record import EvaluationRecord
from ml_model.service.labelled_sets import DatasetName
from ml_model.service.model_status import Status
from ml_model.service.scoring import Outcome
from ml_model.web.schema.setting import DeployedAnswer
from servicekit.web.schema import Answer, RequestBody

SourceName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ScoreRequest(RequestBody):
    """On which set to train (`training`) or to score (the others)."""

    dataset: DatasetName
    source: SourceName | None = Field(None, description="Data source; the default is a setting.")


class EvaluationAnswer(Answer):
    """Scores on one set, each between 0 and 1; F1, precision and recall weighted by class size."""

    dataset: str
    source: str
    samples: int
    accuracy: float
    f1_score: float
    precision: float
    recall: float
    scored_at: datetime

    @classmethod
    def of(cls, record: EvaluationRecord) -> "EvaluationAnswer":
        """Return the answer for scores."""
        return cls(**(vars(record) | vars(record.scores)))


class ScoreDataAnswer(EvaluationAnswer):
    """Scores on one set, and the model that they are of."""

    model_name: str
    model_version: str
    preprocessing: str
    run_id: str | None


class ScoreAnswer(Answer):
    """What a training or an evaluation came to."""

    message: str
    data: ScoreDataAnswer

    @classmethod
    def of(cls, outcome: Outcome) -> "ScoreAnswer":
        """Return the answer for an outcome, the accuracy in words too."""
        evaluation = outcome.evaluation
        data = ScoreDataAnswer(
            **EvaluationAnswer.of(evaluation).model_dump(),
            model_name=outcome.deployment.model_name,
            model_version=outcome.trained.version,
            preprocessing=outcome.deployment.preprocessing,
            run_id=outcome.deployment.run_id,
        )
        message = f"Score on {evaluation.dataset} set: {evaluation.scores.accuracy * 100:.2f}%"
        return cls(message=message, data=data)


class TrainedAnswer(Answer):
    """The trained model in use, and its latest scores by set."""

    model_version: str
    source: str
    samples: int
    sha256: str = Field(description="SHA-256 of the stored model.")
    trained_at: datetime
    scores: list[EvaluationAnswer]


class ModelAnswer(Answer):
    """What is deployed and trained, and what there is to deploy."""

    name: str | None
    message: str
    deployed: DeployedAnswer | None
    trained: TrainedAnswer | None
    models: list[str]

    @classmethod
    def of(cls, status: Status, models: tuple[str, ...]) -> "ModelAnswer":
        """Return the answer for a status."""
        deployment = status.deployment
        return cls(
            name=None if deployment is None else deployment.model_name,
            message="ML model",
            deployed=None if deployment is None else DeployedAnswer.of(deployment),
            trained=_trained(status),
            models=list(models),
        )


def _trained(status: Status) -> TrainedAnswer | None:
    if status.trained is None:
        return None
    return TrainedAnswer(
        model_version=status.trained.version,
        source=status.trained.source,
        samples=status.trained.samples,
        sha256=status.trained.model_sha256,
        trained_at=status.trained.trained_at,
        scores=[EvaluationAnswer.of(record) for record in status.evaluations],
    )
