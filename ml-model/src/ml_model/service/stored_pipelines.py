"""Trained pipelines: from the database, and kept in memory for as long as they are used."""

from typing import Any

from ml_model.persistence.model.record import TrainedModelRecord
from ml_model.persistence.repository.trained_models import TrainedModels
from ml_model.service.errors import StoredModelDamaged
from ml_model.utils.digest import sha256
from modelcatalogue.errors import UnreadableModel
from modelcatalogue.storage import loads
from servicekit.database import AnySession, transaction
from servicekit.recently_used import RecentlyUsed


class StoredPipelines:
    """Pipelines by the id of their row, which never changes once written; the least used are dropped.

    Args:
        session: of the dataset database.
        kept: how many stay in this process's memory.
    """

    def __init__(self, session: AnySession, kept: int) -> None:
        self._session = session
        self._pipelines: RecentlyUsed[int, Any] = RecentlyUsed(kept)

    def get(self, trained: TrainedModelRecord) -> Any:
        """Give the fitted pipeline; opens a transaction of its own where it must be read.

        Raises:
            StoredModelDamaged
        """
        return self._pipelines.get_or_make(trained.trained_model_id, lambda: self._read(trained))

    def keep(self, trained_model_id: int, pipeline: Any) -> None:
        """Keep a pipeline whose row was committed."""
        self._pipelines.keep(trained_model_id, pipeline)

    def _read(self, trained: TrainedModelRecord) -> Any:
        with transaction(self._session):
            data = TrainedModels(self._session).model(trained.trained_model_id)
        if data is None or sha256(data) != trained.model_sha256:
            raise StoredModelDamaged(trained.version, "its bytes are not those that were stored")
        try:
            return loads(data, trained.model_name)
        except UnreadableModel as fault:
            raise StoredModelDamaged(trained.version, fault.reason) from fault
