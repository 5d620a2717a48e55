"""A PostgreSQL server of one's own on 127.0.0.1, started and stopped by this process."""

import secrets
import signal
from pathlib import Path
from types import TracebackType

import psycopg2
from psycopg2 import sql

from stack.accounts import postgres_account
from stack.binaries import package, usable
from stack.child_server import ChildServer
from stack.cluster import SUPERUSER, Cluster
from stack.errors import StackError
from stack.files import open_directory
from stack.ports import free_port
from stack.spec import ProgramSpec

NAME = "postgres"
STOP_SECONDS = 15.0


class EmbeddedPostgres:
    """A server over one directory; as root it runs as `nobody`, who must be able to reach the directory."""

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        password: str | None = None,
        settings: dict[str, str] | None = None,
    ) -> None:
        """Keep where it lives; without a port it takes a free one, without a password it makes one."""
        self.directory = directory
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)
        self._settings = settings or {}
        self._child = ChildServer(NAME, directory, signal.SIGINT, STOP_SECONDS)

    def start(self) -> "EmbeddedPostgres":
        """Serve, and return when connections are answered; what a killed predecessor left is ended first.

        Raises StackError with the end of the log when the server does not start.
        """
        open_directory(self.directory)
        account = postgres_account()
        cluster = Cluster(self.directory, usable(account, self.directory, package()), account)
        cluster.initialise(self.password)
        spec = ProgramSpec(
            name=NAME,
            command=cluster.command(self.port, self._settings),
            account=account.name if account else None,
            stop_signal="INT",
            stop_seconds=STOP_SECONDS,
            works_in=str(cluster.data.resolve()),
            dies_with_parent=True,
        )
        self._child.start(spec, cluster.is_served_by)
        return self

    @property
    def log(self) -> Path:
        """Where the server writes what happens."""
        return self._child.log

    @property
    def pid(self) -> int | None:
        """The number of the server's first process while it runs."""
        return self._child.pid

    def stop(self) -> None:
        """End the server cleanly; open connections are cut."""
        self._child.stop()

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database for the server's own superuser."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str | None = None, template: str = "template1") -> str:
        """Make a database, with a random name unless one is given, and return its address.

        It is empty, or holds what the database `template` holds, to which nobody may be connected.
        """
        name = name or f"db_{secrets.token_hex(8)}"
        connection = psycopg2.connect(self.url())
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        finally:
            connection.close()
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, also while it is in use."""
        connection = psycopg2.connect(self.url())
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                cursor.execute(statement.format(sql.Identifier(name)))
        finally:
            connection.close()

    def __enter__(self) -> "EmbeddedPostgres":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def answers(url: str) -> bool:
    """Whether a connection to that address is answered now; raises StackError on a refused password."""
    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError as error:
        if "authentication failed" in str(error):
            raise StackError("PostgreSQL runs, but refuses the password that is kept for it") from error
        return False
    return True
