"""Reading in one round trip: no transaction, no test of the connection before it is used."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from psycopg2 import InterfaceError, OperationalError
from sqlalchemy import Engine

from servicekit.database import LOOK_UPS
from servicekit.errors import Unavailable
from servicekit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class LookUp:
    """A statement that is planned once for each connection.

    Args:
        name: of the prepared statement.
        statement: with $1, $2, … for its values.
        types: of PostgreSQL, one for each value.
    """

    name: str
    statement: str
    types: tuple[str, ...] = ()

    @cached_property
    def prepare(self) -> str:
        """Return what plans it."""
        types = f"({', '.join(self.types)})" if self.types else ""
        return f"PREPARE {self.name}{types} AS {self.statement}"

    @cached_property
    def execute(self) -> str:
        """Return what runs it, in psycopg2's notation."""
        values = f"({', '.join(['%s'] * len(self.types))})" if self.types else ""
        return f"EXECUTE {self.name}{values}"


class LookUps:
    """Single statements that only read, where a session's five round trips would cost more than the answer.

    Args:
        app: whose database it is; its context is not needed.
        database: with the engine of look-ups.
    """

    def __init__(self, app: Flask, database: SQLAlchemy) -> None:
        self._app = app
        self._database = database

    @cached_property
    def _engines(self) -> Mapping[str | None, Engine]:
        with self._app.app_context():
            return self._database.engines

    def row(self, look_up: LookUp, *values: Any) -> tuple[Any, ...] | None:
        """Give the first row of a statement.

        A connection that broke since it was last used is replaced once.

        Raises:
            Unavailable: the database does not answer.
        """
        try:
            return self._read(look_up, values)
        except (OperationalError, InterfaceError):
            self._engines[LOOK_UPS].dispose()
        try:
            return self._read(look_up, values)
        except (OperationalError, InterfaceError) as fault:
            log.warning("database unavailable", reason=type(fault).__name__)
            raise Unavailable("The database does not answer; try again in a moment.") from fault

    def _read(self, look_up: LookUp, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        connection = self._engines[LOOK_UPS].raw_connection()
        try:
            with closing(connection.cursor()) as cursor:
                if look_up.name not in connection.info:
                    cursor.execute(look_up.prepare)
                    connection.info[look_up.name] = True
                cursor.execute(look_up.execute, values)
                return cursor.fetchone()
        except (OperationalError, InterfaceError):
            connection.invalidate()
            raise
        finally:
            connection.close()
