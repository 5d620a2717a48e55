"""The steps of `up`: each begins when those before it are done, and all that can run at once do."""

import subprocess
import sys
from collections.abc import Callable
from typing import Protocol

from stack.cluster import Cluster
from stack.environment import base_environment
from stack.errors import StackError
from stack.home import Home
from stack.leftovers import PROGRAM_VARIABLE, marker
from stack.logs import tail
from stack.parts import DATASETS, POSTGRES, REDIS, Migration
from stack.readiness import readiness
from stack.redis_server import RedisServer
from stack.watching import Watch


class Task(Protocol):
    """One step; `done` raises StackError when it has failed for good."""

    name: str
    after: tuple[str, ...]

    def begin(self) -> None:
        """Start it."""

    def done(self) -> bool:
        """Whether it is finished; asked again and again."""

    def waiting_for(self) -> str:
        """What is missing, in words."""


class PostgresTask:
    """Start the embedded server, then make roles and databases."""

    def __init__(self, watch: Watch, cluster: Cluster, provision: Callable[[], None]) -> None:
        """Keep what is needed."""
        self.name = POSTGRES
        self.after: tuple[str, ...] = ()
        self._watch, self._cluster, self._provision = watch, cluster, provision

    def begin(self) -> None:
        """Start the server."""
        self._watch.control.start(self.name)

    def done(self) -> bool:
        """Whether it accepts connections and holds its databases."""
        self._watch.check()
        leader = self._watch.leader()
        if leader is None or not self._cluster.is_served_by(leader):
            return False
        self._provision()
        return True

    def waiting_for(self) -> str:
        """What is missing, in words."""
        return f"it accepts no connections yet; see {self._watch.home.log(self.name)}"


class RedisTask:
    """Start the embedded Redis."""

    def __init__(self, watch: Watch, server: RedisServer) -> None:
        """Keep what is needed."""
        self.name = REDIS
        self.after: tuple[str, ...] = ()
        self._watch, self._server = watch, server

    def begin(self) -> None:
        """Start the server."""
        self._watch.control.start(self.name)

    def done(self) -> bool:
        """Whether it answers with the password."""
        self._watch.check()
        return self._watch.leader() is not None and self._server.answers()

    def waiting_for(self) -> str:
        """What is missing, in words."""
        return f"it does not answer PING with its password; see {self._watch.home.log(self.name)}"


class MigrationTask:
    """Run one migration module to its end."""

    def __init__(self, migration: Migration, after: tuple[str, ...], home: Home, database_url: str) -> None:
        """Keep what is needed."""
        self.name, self.after = migration.module, (*after, *migration.after)
        self._log = home.log(f"migration-{migration.module.partition('.')[0]}")
        self._environment = base_environment() | {
            DATASETS: database_url,
            PROGRAM_VARIABLE: marker(home.run, "migration"),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", self.name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._environment,
            )

    def done(self) -> bool:
        """Whether it has ended well."""
        code = self._process.poll() if self._process else None
        if code:
            raise StackError(
                f"The migration {self.name} failed. The end of {self._log}:\n{tail(self._log, 25)}"
            )
        return code == 0

    def waiting_for(self) -> str:
        """What is missing, in words."""
        return "the migration still runs"


class HttpTask:
    """Start a program and wait until it says that it is ready."""

    def __init__(self, watch: Watch, after: tuple[str, ...], ready_url: str) -> None:
        """Keep what is needed."""
        self.name, self.after = watch.name, after
        self._watch, self._ready_url = watch, ready_url
        self._said = ""

    def begin(self) -> None:
        """Start the program."""
        self._watch.control.start(self.name)

    def done(self) -> bool:
        """Whether it is ready."""
        self._watch.check()
        answer = readiness(self._ready_url)
        self._said = answer.said
        return answer.ready

    def waiting_for(self) -> str:
        """What it said last."""
        return f"{self._ready_url}: {self._said}; see {self._watch.home.log(self.name)}"


class BareTask:
    """Start a program that answers nobody."""

    def __init__(self, watch: Watch, after: tuple[str, ...] = ()) -> None:
        """Keep what is needed."""
        self.name, self.after = watch.name, after
        self._watch = watch

    def begin(self) -> None:
        """Start the program."""
        self._watch.control.start(self.name)

    def done(self) -> bool:
        """Whether its process is there, and has been for as long as a failed start would not."""
        self._watch.check()
        return self._watch.states.of(self.name).state == "RUNNING"

    def waiting_for(self) -> str:
        """What is missing, in words."""
        return f"it does not stay; see {self._watch.home.log(self.name)}"
