"""Load, list and remove the sets of a source."""

from dataclasses import asdict, dataclass
from typing import Any

from datasetdb.repository.datasets import DatasetRecord, Datasets
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger
from simulator.service.errors import DatasetNotLoaded, FoulingNotAllowed
from simulator.service.fouling import Drift, Fouled, foul
from simulator.service.source_catalogue import SourceData, load_source
from simulator.service.splitting import SetName, split

log = get_logger(__name__)


@dataclass(frozen=True)
class LoadOrder:
    """Which set to load and how; `drift` and `seed` are for the production set."""

    set_name: SetName
    source: str | None = None
    drift: Drift | None = None
    seed: int | None = None


class DatasetLoading:
    """The use cases around the sets.

    Args:
        session: of the dataset database.
        seed: of the split, and of fouling where an order names none.
        default_source: meant where an order names none.
    """

    def __init__(self, session: AnySession, seed: int, default_source: str) -> None:
        self._session = session
        self._seed = seed
        self._default_source = default_source

    def load(self, order: LoadOrder) -> DatasetRecord:
        """Write one set, replacing what was there; the same order again changes nothing.

        Raises:
            SourceNotFound: no such source.
            FoulingNotAllowed: drift or seed for a set other than production.
        """
        source = load_source(order.source or self._default_source)
        origin = self._origin(order)
        with transaction(self._session):
            Sources(self._session).add(source.schema)
            present = Datasets(self._session).get(source.schema.name, order.set_name)
            if present is None or _cause(present.origin) != origin:
                self._write(source, order.set_name, origin)
            return self._get(source.schema.name, order.set_name)

    def loaded(self, source: str | None = None) -> list[DatasetRecord]:
        """Return the sets that are loaded, of one source or of all."""
        with transaction(self._session):
            return list(Datasets(self._session).all(source))

    def remove(self, set_name: SetName, source: str | None) -> None:
        """Delete a set with its targets and predictions.

        Raises:
            DatasetNotLoaded: there is no such set.
        """
        name = source or self._default_source
        with transaction(self._session):
            if not Datasets(self._session).delete(name, set_name):
                raise DatasetNotLoaded(name, set_name)

    def _origin(self, order: LoadOrder) -> dict[str, Any]:
        if order.set_name != "production":
            if order.drift is not None or order.seed is not None:
                raise FoulingNotAllowed(order.set_name)
            return {"split_seed": self._seed, "drift": None}
        drift = order.drift or Drift()
        seed = self._seed if order.seed is None else order.seed
        return {"split_seed": self._seed, "drift": {**asdict(drift), "seed": seed}}

    def _write(self, source: SourceData, set_name: SetName, origin: dict[str, Any]) -> None:
        features, target = split(source, set_name, self._seed)
        fouled = Fouled(features, target, {})
        if wanted := origin["drift"]:
            drift = Drift(wanted["kind"], wanted["shift"], wanted["missing_fraction"])
            fouled = foul(features, target, drift, wanted["seed"])
        full_origin = {**origin, "done": fouled.done}
        dataset_id = Datasets(self._session).replace(source.schema.name, set_name, full_origin)
        Samples(self._session).write(dataset_id, fouled.features, fouled.target)
        log.info("set loaded", source=source.schema.name, set_name=set_name, samples=len(fouled.features))

    def _get(self, source: str, set_name: SetName) -> DatasetRecord:
        record = Datasets(self._session).get(source, set_name)
        if record is None:
            raise DatasetNotLoaded(source, set_name)
        return record


def _cause(origin: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in origin.items() if key != "done"}
