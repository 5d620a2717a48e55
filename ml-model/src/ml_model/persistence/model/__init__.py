"""The tables; importing this package registers all of them on `Base.metadata`."""

from ml_model.persistence.model.ab_test import ABTest, ABTestArm
from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.algorithm_status import AlgorithmStatus
from ml_model.persistence.model.artifact import Artifact
from ml_model.persistence.model.base import Base
from ml_model.persistence.model.batch_job import BatchChunk, BatchJob
from ml_model.persistence.model.deployment import Deployment
from ml_model.persistence.model.endpoint import Endpoint
from ml_model.persistence.model.evaluation import Evaluation
from ml_model.persistence.model.served_request import ServedRequest
from ml_model.persistence.model.shadow import Shadow
from ml_model.persistence.model.trained_model import TrainedModel

__all__ = [
    "ABTest",
    "ABTestArm",
    "Algorithm",
    "AlgorithmStatus",
    "Artifact",
    "Base",
    "BatchChunk",
    "BatchJob",
    "Deployment",
    "Endpoint",
    "Evaluation",
    "ServedRequest",
    "Shadow",
    "TrainedModel",
]
