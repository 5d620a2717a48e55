"""Trained predictors: from the database, and kept in memory for as long as they are used."""

import hashlib

from predictor.learning.errors import DamagedArtifact
from predictor.learning.predictor import TrainedPredictor
from predictor.persistence.model.record import version_name
from predictor.persistence.repository.performance_models import PerformanceModels
from predictor.service.errors import ModelDamaged, ModelOfOtherFeatures
from predictor.utils.features import NAMES
from servicekit.database import AnySession, transaction
from servicekit.recently_used import RecentlyUsed


class LoadedModels:
    """Predictors by the id of their model, whose row never changes; the least used are dropped.

    Args:
        session: of the dataset database.
        kept: how many stay in this process's memory.
    """

    def __init__(self, session: AnySession, kept: int) -> None:
        self._session = session
        self._predictors: RecentlyUsed[int, TrainedPredictor] = RecentlyUsed(kept)

    def get(self, model_id: int) -> TrainedPredictor:
        """Give a predictor, read in the caller's transaction where it is not at hand.

        Raises:
            ModelDamaged: its bytes are not the stored ones, or cannot be read.
            ModelOfOtherFeatures
        """
        return self._predictors.get_or_make(model_id, lambda: self._read(model_id))

    def fetch(self, model_id: int) -> TrainedPredictor:
        """Give a predictor as `get` does, in a transaction of its own where one is needed."""
        at_hand = self._predictors.get(model_id)
        if at_hand is not None:
            return at_hand
        with transaction(self._session):
            return self.get(model_id)

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
