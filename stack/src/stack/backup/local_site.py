"""A stack of plain processes, as a backup asks for it."""

import os
import shutil
import subprocess
import tarfile
import time
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import psycopg2
from psycopg2 import sql
from rich.console import Console

from stack.backup.site import Folder
from stack.credentials import credentials_of
from stack.errors import StackError
from stack.parts import LOOPBACK, POSTGRES, REDIS
from stack.place import cluster_of
from stack.programs import GUARD
from stack.settings import Settings
from stack.state import state_of
from stack.supervision import running_control
from stack.up import complete

STAY = {POSTGRES, REDIS, GUARD}
PAUSE_SECONDS = 60.0


class LocalSite:
    """The processes of one home, with its own PostgreSQL."""

    def __init__(self, settings: Settings, console: Console) -> None:
        """Look for the server's programs; raises StackError where the server is somebody else's."""
        if settings.external:
            raise StackError(
                "The databases are those of servers that run already: back them up by their own means."
            )
        self._settings, self._console = settings, console
        credentials = credentials_of(settings.home)
        self._password = credentials.postgres
        self._programs = cluster_of(settings.home, credentials).installation / "bin"

    def query(self, database: str, statement: str) -> str:
        """Return the one value that a statement answers, as text."""
        with self._connected(database) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
        connection.close()
        return str(row[0]) if row else ""

    def dump(self, database: str, into: Path) -> None:
        """Write a database in pg_dump's custom form."""
        self._run("pg_dump", "-Fc", "-d", database, "-f", str(into))

    def load(self, database: str, dump: Path) -> None:
        """Replace a database by what such a file holds."""
        name = {"name": sql.Identifier(database)}
        connection = self._connected("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**name))
            cursor.execute(sql.SQL("CREATE DATABASE {name} OWNER {name}").format(**name))
        connection.close()
        self._run("pg_restore", "--exit-on-error", "--single-transaction", "-d", database, str(dump))

    def pack(self, folder: Folder, into: Path) -> None:
        """Write a folder as a tar file."""
        place = self._place(folder)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tarfile.open(into, "w") as archive:
            for path in sorted(place.rglob("*")):
                if not any(fnmatch(path.name, pattern) for pattern in folder.left_out):
                    archive.add(path, path.relative_to(place), recursive=False)

    def unpack(self, folder: Folder, archive: Path) -> None:
        """Replace a folder by what such a file holds."""
        place = self._place(folder)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700, parents=True)
        with tarfile.open(archive) as packed:
            packed.extractall(place, filter="data")

    def pause(self) -> None:
        """End whatever writes to databases and folders, PostgreSQL excepted."""
        home = self._settings.home
        control, state = running_control(home), state_of(home)
        if control is None or state is None:
            raise StackError(f"Nothing runs in {home.root}. Use `./launch.sh up` first.")
        replace(state, complete=False).save(
            home
        )  # a launcher that is killed from here on leaves work to `up`
        for name in set(control.states()) - STAY:
            control.stop(name)
        deadline = time.monotonic() + PAUSE_SECONDS
        while left := [name for name, now in control.states().items() if name not in STAY and now.pid]:
            if time.monotonic() > deadline:
                raise StackError(f"These programs did not end: {', '.join(left)}")
            time.sleep(0.1)

    def resume(self) -> None:
        """Bring everything up again, with migrations."""
        complete(self._settings, self._console)

    def _place(self, folder: Folder) -> Path:
        home = self._settings.home
        journal = folder.name.removeprefix("journal-")
        return home.artifacts if journal == folder.name else home.journals / journal

    def _connected(self, database: str) -> "psycopg2.extensions.connection":
        try:
            return psycopg2.connect(
                host=LOOPBACK,
                port=self._settings.ports[POSTGRES],
                user="postgres",
                password=self._password,
                dbname=database,
            )
        except psycopg2.OperationalError as error:
            raise StackError(f"PostgreSQL does not answer: {error}") from error

    def _run(self, program: str, *arguments: str) -> None:
        where = ("-h", LOOPBACK, "-p", str(self._settings.ports[POSTGRES]), "-U", "postgres", "--no-password")
        finished = subprocess.run(  # noqa: S603
            [str(self._programs / program), *where, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "PGPASSWORD": self._password},
        )
        if finished.returncode != 0:
            raise StackError(finished.stderr.strip() or f"{program} failed")
