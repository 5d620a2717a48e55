"""Trained predictors: from the database, and kept in memory for as long as they are used."""

import hashlib
from collections import OrderedDict
from threading import Lock

from predictor.learning.errors import DamagedArtifact
from predictor.learning.predictor import TrainedPredictor
from predictor.persistence.model.record import version_name
from predictor.persistence.repository.performance_models import PerformanceModels
from predictor.service.errors import ModelDamaged, ModelOfOtherFeatures
from predictor.utils.features import NAMES
from servicekit.database import AnySession, transaction


class LoadedModels:
    """Predictors by the id of their model, whose row never changes; the least used are dropped.

    Args:
        session: of the dataset database.
        kept: how many stay in this process's memory.
    """

    def __init__(self, session: AnySession, kept: int) -> None:
        self._session = session
        self._kept = kept
        self._predictors: OrderedDict[int, TrainedPredictor] = OrderedDict()
        self._lock = Lock()

    def get(self, model_id: int) -> TrainedPredictor:
        """Give a predictor, read in the caller's transaction where it is not at hand.

        Raises:
            ModelDamaged: its bytes are not the stored ones, or cannot be read.
            ModelOfOtherFeatures
        """
        at_hand = self._at_hand(model_id)
        if at_hand is not None:
            return at_hand
        predictor = self._read(model_id)
        with self._lock:
            self._predictors[model_id] = predictor
            while len(self._predictors) > self._kept:
                self._predictors.popitem(last=False)
        return predictor

    def fetch(self, model_id: int) -> TrainedPredictor:
        """Give a predictor as `get` does, in a transaction of its own where one is needed."""
        at_hand = self._at_hand(model_id)
        if at_hand is not None:
            return at_hand
        with transaction(self._session):
            return self.get(model_id)

    def _at_hand(self, model_id: int) -> TrainedPredictor | None:
        with self._lock:
            if model_id in self._predictors:
                self._predictors.move_to_end(model_id)
            return self._predictors.get(model_id)

    def count(self) -> int:
        """Count the models that there are."""
        with transaction(self._session):
            return PerformanceModels(self._session).count()

    def _read(self, model_id: int) -> TrainedPredictor:
        version = version_name(model_id)
        stored = PerformanceModels(self._session).artifact(model_id)
        if stored is None:
            raise ModelDamaged(version, "it is not there")
        artifact, sha256 = stored
        if hashlib.sha256(artifact).hexdigest() != sha256:
            raise ModelDamaged(version, "its bytes are not those that were stored")
        try:
            predictor = TrainedPredictor.loads(artifact)
        except DamagedArtifact as fault:
            raise ModelDamaged(version, str(fault)) from fault
        if tuple(predictor.report["feature_names"]) != NAMES:
            raise ModelOfOtherFeatures(version)
        return predictor
