"""Rows as repositories give them: plain values, without the stored bytes, good beyond the transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasetdb.schema import ClassLabel, Column


@dataclass(frozen=True)
class DeploymentRecord:
    """One deployment, without its bytes."""

    deployment_id: int
    model_name: str
    hyperparameters: dict[str, Any]
    preprocessing: str
    run_id: str | None
    artifact_sha256: str | None
    deployed_at: datetime


@dataclass(frozen=True)
class TrainedModelRecord:
    """One trained model, without its bytes."""

    trained_model_id: int
    deployment_id: int
    model_name: str
    source: str
    dataset_fingerprint: str
    samples: int
    columns: tuple[Column, ...]
    classes: tuple[ClassLabel, ...]
    model_sha256: str
    trained_at: datetime

    @property
    def version(self) -> str:
        """Name this trained model; predictions carry it."""
        return f"{self.model_name}-{self.trained_model_id}"


@dataclass(frozen=True)
class Scores:
    """Scores on one set, each between 0 and 1; the last three weighted by class size."""

    accuracy: float
    f1_score: float
    precision: float
    recall: float


@dataclass(frozen=True)
class EvaluationRecord:
    """Scores of a trained model on one set."""

    source: str
    dataset: str
    samples: int
    scores: Scores
    scored_at: datetime
