"""The fingerprints that there is history of."""

import re
from dataclasses import dataclass

from predictor.persistence.model.record import QueryRecord
from predictor.persistence.repository.samples import Samples
from predictor.service.errors import NoHistory
from servicekit.database import AnySession, transaction

NUMBER = re.compile(r"-?[0-9]{1,19}")
LARGEST = 2**63


@dataclass(frozen=True)
class QueryView:
    """A fingerprint of a database with the features of its newest window."""

    database_name: str
    record: QueryRecord
    features: dict[str, float | None]


class QueryCatalogue:
    """The use cases of looking up what can be asked about."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def listed(self, database_name: str, limit: int, offset: int) -> list[QueryRecord]:
        """List fingerprints by number, with text, windows and mean time."""
        with transaction(self._session):
            return Samples(self._session).queries(database_name, limit, offset)

    def get(self, database_name: str, query_hash: str) -> QueryView:
        """Give one fingerprint.

        Raises:
            NoHistory
        """
        number = int(query_hash) if NUMBER.fullmatch(query_hash) else LARGEST
        with transaction(self._session):
            samples = Samples(self._session)
            fits = -LARGEST <= number < LARGEST
            record = samples.query(database_name, number) if fits else None
            if record is None:
                raise NoHistory(query_hash, database_name)
            return QueryView(database_name, record, samples.newest_features(database_name, number))
