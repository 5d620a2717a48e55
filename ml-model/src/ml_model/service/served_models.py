"""Models that answer: from the database, and kept in memory for as long as they are used."""

import threading

from ml_model.persistence.repository.artifacts import Artifacts
from ml_model.service.route_map import Version
from ml_model.service.serving_errors import ServedModelDamaged
from ml_model.serving.served_model import DamagedModel, ServedModel, load
from ml_model.utils.digest import sha256
from servicekit.database import AnySession, transaction
from servicekit.recently_used import RecentlyUsed


class ServedModels:
    """Loaded models by the version whose row never changes.

    Args:
        session: of the dataset database.
        kept: how many stay in this process's memory.
    """

    def __init__(self, session: AnySession, kept: int) -> None:
        self._session = session
        self._models: RecentlyUsed[int, ServedModel] = RecentlyUsed(kept)
        self._loading = threading.Lock()

    def get(self, version: Version) -> ServedModel:
        """Give a version's model; opens a transaction of its own where it must be read.

        Raises:
            ServedModelDamaged
        """
        found = self._models.get(version.algorithm_id)
        if found is not None:
            return found
        with self._loading:  # many first requests read a model once
            return self._models.get_or_make(version.algorithm_id, lambda: self._read(version))

    def _read(self, version: Version) -> ServedModel:
        hashes = (version.model_sha256, version.compiled_sha256)
        with transaction(self._session):
            artifacts = Artifacts(self._session)
            stored = [None if sha is None else artifacts.content(sha) for sha in hashes]
        for content, wanted in zip(stored, hashes, strict=True):
            if wanted is not None and (content is None or sha256(content) != wanted):
                raise ServedModelDamaged(version.full_name, "its bytes are not those that were stored")
        try:
            return load(stored[0] or b"", stored[1], version.signature)
        except DamagedModel as fault:
            raise ServedModelDamaged(version.full_name, str(fault)) from fault
