"""Series about a service's connections to the database server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy import text
from sqlalchemy.orm import Session

SCRAPES = "scrapes"

# A role sees the details of its own sessions only, and these are all that is wanted here.
_OWN = text(
    "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity "
    "WHERE application_name = :name GROUP BY 1"
)
_SERVER = text(
    "SELECT (SELECT sum(numbackends) FROM pg_stat_database), "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
)


@contextmanager
def scrape_session(app: Flask) -> Iterator[Session]:
    """Give a session on a connection of its own, so that a pool that is empty does not hide it."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engines[SCRAPES]
        with Session(engine, join_transaction_mode="create_savepoint") as session:
            yield session


def connection_series(app: Flask) -> Callable[[], Iterator[Metric]]:
    """Return what reads how many connections the service has, and how many the server has and can have."""

    def read() -> Iterator[Metric]:
        own = GaugeMetricFamily(
            "database_connections",
            "Connections of the service and its workers to the database, by what they do.",
            labels=["state"],
        )
        server = GaugeMetricFamily(
            "database_server_connections", "Connections to the database server, whosever they are."
        )
        most = GaugeMetricFamily(
            "database_server_connections_max", "Connections that the database server takes."
        )
        with scrape_session(app) as session:
            for state, count in session.execute(_OWN, {"name": app.name}):
                own.add_metric([state], count)
            in_use, possible = session.execute(_SERVER).one()
        server.add_metric([], in_use)
        most.add_metric([], possible)
        yield from (own, server, most)

    return read
