"""Sessions on MLflow's database, which this service reads and the MLflow server writes."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from psycopg2.errors import UndefinedTable
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from servicekit.database import POOL_TIMEOUT_SECONDS
from servicekit.database_url import driver_url
from servicekit.errors import Unavailable
from tracking.config.settings import Settings


class MlflowDatabase:
    """MLflow's database, read-only; opens no connection before it is read."""

    def __init__(self, settings: Settings) -> None:
        engine = create_engine(
            driver_url(settings.mlflow_database_url.get_secret_value()),
            pool_pre_ping=True,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            connect_args={
                "connect_timeout": settings.database_connect_timeout_seconds,
                "application_name": "tracking",
                "options": "-c default_transaction_read_only=on "
                f"-c statement_timeout={settings.database_statement_timeout_seconds * 1000}",
            },
        )
        self._sessions = sessionmaker(engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for one read.

        Raises:
            Unavailable: the MLflow server has not made its tables yet.
        """
        with self._sessions() as session:
            try:
                yield session
            except ProgrammingError as fault:
                if isinstance(fault.orig, UndefinedTable):
                    raise Unavailable("MLflow has not made its tables yet; try again in a moment.") from fault
                raise

    @contextmanager
    def holding(self) -> Iterator[Session]:
        """Give a session that stays open while other work goes on, for the locks that it holds.

        When its connection is lost meanwhile, the locks are, and the other work goes on.
        """
        session = self._sessions()
        try:
            yield session
        finally:
            with suppress(DBAPIError):
                session.close()

    def check(self) -> None:
        """Raise when the database does not answer, or has no tables yet."""
        with self.reading() as session:
            session.execute(text("SELECT FROM experiments LIMIT 1"))

    def close(self) -> None:
        """Close every connection."""
        self._sessions.kw["bind"].dispose()
