"""Tables of predictor."""

from predictor.persistence.model.base import Base
from predictor.persistence.model.metrics import MetricsPgStatsQuery, QueryText
from predictor.persistence.model.performance_model import ModelActivation, QueryPerformanceModel
from predictor.persistence.model.prediction import Prediction, Validation
from predictor.persistence.model.sign_of_life import SignOfLife
from predictor.persistence.model.statement_counter import StatementCounter
from predictor.persistence.model.training_job import TrainingJob

__all__ = [
    "Base",
    "MetricsPgStatsQuery",
    "ModelActivation",
    "Prediction",
    "QueryPerformanceModel",
    "QueryText",
    "SignOfLife",
    "StatementCounter",
    "TrainingJob",
    "Validation",
]
