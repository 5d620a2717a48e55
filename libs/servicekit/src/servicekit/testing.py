"""Helpers for tests of services: real parts, undone after each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from servicekit.database import LOOK_UPS
from servicekit.database_series import SCRAPES


@contextmanager
def rolled_back(app: Flask) -> Iterator[Flask]:
    """Run everything that the app does to its database in one outer transaction, and undo it at the end.

    The app's own commits become savepoints. The engine is swapped for one connection, which is the only
    door that flask-sqlalchemy's sessions leave open (their get_bind ignores a configured bind).
    """
    database: SQLAlchemy = app.extensions["sqlalchemy"]
    with app.app_context():
        engines = database.engines
        originals = dict(engines)
        engine = engines[None]
    connection = engine.connect()
    outer = connection.begin()
    engines[None] = connection  # type: ignore[index]
    engines[LOOK_UPS] = _Inside(connection)  # type: ignore[index]
    engines[SCRAPES] = connection  # type: ignore[index]
    database.session.session_factory.configure(join_transaction_mode="create_savepoint")
    try:
        yield app
    finally:
        engines.update(originals)  # type: ignore[attr-defined]
        outer.rollback()
        connection.close()
        engine.dispose()


class _Inside:
    """A pool whose one connection is that of the outer transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection.connection
        self.info = self._connection.info

    def raw_connection(self) -> "_Inside":
        return self

    def cursor(self) -> Any:
        return self._connection.cursor()

    def close(self) -> None:
        """Stay open: the outer transaction ends it."""


def assert_error(response: TestResponse, status: int, mentions: str = "") -> dict[str, Any]:
    """Check the one error shape and return it.

    Args:
        response: what the service answered.
        status: that it must have.
        mentions: text that the message must contain, in any case.
    """
    assert response.status_code == status, response.get_data(as_text=True)  # noqa: S101 - for tests
    assert response.mimetype == "application/json"  # noqa: S101
    body: dict[str, Any] = response.get_json()
    assert set(body) == {"error", "message", "request_id", "details"}  # noqa: S101
    assert body["error"]  # noqa: S101
    assert body["request_id"] == response.headers["X-Request-ID"]  # noqa: S101
    assert mentions.lower() in body["message"].lower(), body["message"]  # noqa: S101
    return body
