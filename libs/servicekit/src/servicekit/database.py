"""The service's database: engine and sessions from flask-sqlalchemy, transactions for the service layer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import NullPool, text
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

from servicekit.database_series import SCRAPES, connection_series
from servicekit.database_url import driver_url
from servicekit.metrics import METRICS, Metrics
from servicekit.settings import DatabaseSettings

AnySession = Session | scoped_session[Any]

POOL_TIMEOUT_SECONDS = 10
SCRAPE_SECONDS = 3
LOOK_UPS = "look_ups"


def attach_database(
    app: Flask, settings: DatabaseSettings, model_class: type[DeclarativeBase] | None = None
) -> SQLAlchemy:
    """Give the app an engine and sessions; opens no connection.

    Args:
        app: the service's app.
        settings: address, pool and time limits.
        model_class: declarative base of the service's own models, if it has any.
    """
    url = driver_url(settings.dataset_database_url.get_secret_value())
    options = _engine_options(app.name, settings)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | {"pool_pre_ping": True}
    app.config["SQLALCHEMY_BINDS"] = {
        LOOK_UPS: options
        | {"url": url, "pool_pre_ping": False, "isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None},
        SCRAPES: _scrape_options(app.name, settings) | {"url": url},
    }
    database = SQLAlchemy(model_class=model_class) if model_class else SQLAlchemy()
    database.init_app(app)
    metrics: Metrics | None = app.extensions.get(METRICS)
    if metrics is not None:
        metrics.state.add("database", connection_series(app))
    return database


def _engine_options(name: str, settings: DatabaseSettings) -> dict[str, Any]:
    return {
        "hide_parameters": True,  # errors are logged, and callers' values are not
        "pool_size": settings.database_pool_size,
        "pool_use_lifo": True,  # the connection used last is the one whose caches are warm
        "max_overflow": 0,
        "pool_timeout": POOL_TIMEOUT_SECONDS,
        "connect_args": {
            "connect_timeout": settings.database_connect_timeout_seconds,
            "application_name": name,
            "options": f"-c statement_timeout={settings.database_statement_timeout_seconds * 1000}",
        },
    }


def _scrape_options(name: str, settings: DatabaseSettings) -> dict[str, Any]:
    """Return how /metrics connects: apart from the pool, for a moment, within the time of a scrape."""
    wait = min(settings.database_connect_timeout_seconds, SCRAPE_SECONDS)
    return {
        "poolclass": NullPool,
        "isolation_level": "AUTOCOMMIT",
        "connect_args": {
            "connect_timeout": wait,
            "application_name": f"{name} metrics",
            "options": f"-c statement_timeout={SCRAPE_SECONDS * 1000}",
        },
    }


@contextmanager
def transaction(session: AnySession) -> Iterator[None]:
    """Commit what happens inside, or roll all of it back when anything is raised."""
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def database_check(session: AnySession) -> Callable[[], None]:
    """Return a readiness check that raises when the database does not answer a query."""

    def check() -> None:
        with transaction(session):
            session.execute(text("SELECT 1"))

    return check


def forget_connections(app: Flask) -> None:
    """Leave alone the connections of the process that this one was forked from."""
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose(close=False)
