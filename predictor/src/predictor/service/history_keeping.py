"""Keep what the workload measures, window by window."""

from collections.abc import Mapping, Sequence

from predictor.persistence.repository.call_windows import CallWindows
from predictor.persistence.repository.samples import Samples
from predictor.utils.call_history import Calls
from predictor.utils.sample import Sample
from servicekit.database import AnySession, transaction

WORKLOAD = "workload"


class HistoryKeeping:
    """The use case of one window of history."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def keep(self, database_name: str, samples: Sequence[Sample], texts: Mapping[int, str]) -> None:
        """Keep samples and the texts of their queries; both or nothing."""
        with transaction(self._session):
            rows = Samples(self._session)
            rows.add(samples, WORKLOAD)
            rows.name_queries(database_name, texts)

    def past_calls(self, database_name: str) -> dict[int, list[Calls]]:
        """Give the windows of earlier runs by fingerprint, oldest first."""
        with transaction(self._session):
            return CallWindows(self._session).by_fingerprint(database_name, WORKLOAD)
