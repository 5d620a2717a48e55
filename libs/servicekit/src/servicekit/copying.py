"""COPY through the session's own connection, inside its own transaction."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain

import psycopg2
import psycopg2.extensions
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from servicekit.database import AnySession

BUFFER_BYTES = 1 << 20
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"


class _Source:
    """A file to read for psycopg2: each read takes the next block, whatever its size."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)

    def read(self, _size: int = -1, /) -> bytes:
        return next(self._blocks, b"")

    readline = read


class _Sink:
    """A file to write for psycopg2: PostgreSQL sends one message for each row, so one write is one row."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write = write


def copy_in(session: AnySession, statement: str, rows: Iterable[bytes]) -> None:
    """Send encoded rows to `COPY ... FROM STDIN (FORMAT binary)`; raise SQLAlchemy's DBAPIError.

    Source: PostgreSQL documentation, COPY, «Binary Format».
    """
    copy_text_in(session, statement, chain([HEADER], rows, [TRAILER]))


def copy_text_in(session: AnySession, statement: str, pieces: Iterable[bytes]) -> None:
    """Send pieces of a file to `COPY ... FROM STDIN`; raise SQLAlchemy's DBAPIError."""
    with driver_cursor(session, statement) as cursor:
        cursor.copy_expert(statement, _Source(pieces), BUFFER_BYTES)


def copy_out(session: AnySession, statement: str, write: Callable[[bytes], object]) -> None:
    """Hand each row of `COPY ... TO STDOUT` to `write`; raise SQLAlchemy's DBAPIError."""
    with driver_cursor(session, statement) as cursor:
        cursor.copy_expert(statement, _Sink(write), BUFFER_BYTES)


@contextmanager
def driver_cursor(session: AnySession, statement: str) -> Iterator[psycopg2.extensions.cursor]:
    """Give the driver's own cursor, inside the session's transaction; raise SQLAlchemy's DBAPIError.

    Args:
        session: whose connection it is.
        statement: what errors are said to come from.
    """
    session.flush()
    connection = session.connection()
    cursor = _raw(connection).cursor()
    try:
        yield cursor
    except psycopg2.Error as error:
        raise _wrapped(error, connection, statement) from error
    finally:
        cursor.close()


def _raw(connection: Connection) -> psycopg2.extensions.connection:
    raw: psycopg2.extensions.connection = connection.connection.driver_connection  # type: ignore[assignment]
    return raw


def _wrapped(error: psycopg2.Error, connection: Connection, statement: str) -> Exception:
    lost = connection.dialect.is_disconnect(error, _raw(connection), None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    wrapped = DBAPIError.instance(
        statement, None, error, psycopg2.Error, connection_invalidated=lost, dialect=connection.dialect
    )
    return wrapped if isinstance(wrapped, Exception) else error
