"""The tables; importing this package registers all of them on `Base.metadata`."""

from datasetdb.model.base import Base
from datasetdb.model.dataset import Dataset
from datasetdb.model.prediction import Prediction
from datasetdb.model.sample import Sample
from datasetdb.model.source import Source
from datasetdb.model.target import Target

__all__ = ["Base", "Dataset", "Prediction", "Sample", "Source", "Target"]
