"""The tables; importing this package registers all of them on `Base.metadata`."""

from ml_model.persistence.model.base import Base
from ml_model.persistence.model.deployment import Deployment
from ml_model.persistence.model.evaluation import Evaluation
from ml_model.persistence.model.trained_model import TrainedModel

__all__ = ["Base", "Deployment", "Evaluation", "TrainedModel"]
