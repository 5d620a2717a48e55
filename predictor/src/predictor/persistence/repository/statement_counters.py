"""What the collector read last of each statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from predictor.persistence.model.statement_counter import StatementCounter
from servicekit.database import AnySession


@dataclass(frozen=True)
class Mark:
    """The counters of one fingerprint as they were read last."""

    query_hash: int
    calls: int
    total_exec_time_ms: float
    read_at: datetime


class StatementCounters:
    """Keeps the last reading of each observed database."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def lock(self, database_name: str) -> None:
        """Wait until no other transaction collects from this database, and hold it until this one ends."""
        key = func.hashtextextended(f"{StatementCounter.__tablename__} {database_name}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(key)))

    def marks(self, database_name: str) -> dict[int, Mark]:
        """Find the last reading by fingerprint; empty before the first."""
        rows = self._session.execute(
            select(
                StatementCounter.query_hash,
                StatementCounter.calls,
                StatementCounter.total_exec_time_ms,
                StatementCounter.read_at,
            ).where(StatementCounter.database_name == database_name)
        )
        return {row[0]: Mark(*row) for row in rows}

    def replace(self, database_name: str, marks: Iterable[Mark]) -> None:
        """Keep a reading in the place of the one before; what is not in it is forgotten."""
        self._session.execute(delete(StatementCounter).where(StatementCounter.database_name == database_name))
        rows = [{"database_name": database_name, **vars(mark)} for mark in marks]
        if rows:
            self._session.execute(insert(StatementCounter), rows)
