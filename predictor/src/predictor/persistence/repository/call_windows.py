"""When and how often each fingerprint was called."""

from collections import defaultdict

from sqlalchemy import select

from predictor.persistence.model.metrics import MetricsPgStatsQuery
from predictor.utils.call_history import Calls
from servicekit.database import AnySession


class CallWindows:
    """Reads windows."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def by_fingerprint(self, database_name: str, source: str) -> dict[int, list[Calls]]:
        """Give the windows that came from a source, by fingerprint, oldest first."""
        table = MetricsPgStatsQuery
        wanted = (
            select(table.query_hash, table.window_start, table.calls)
            .where(table.database_name == database_name, table.source == source)
            .order_by(table.window_start)
        )
        found: defaultdict[int, list[Calls]] = defaultdict(list)
        for query_hash, window_start, calls in self._session.execute(wanted):
            found[query_hash].append(Calls(window_start, calls))
        return dict(found)
