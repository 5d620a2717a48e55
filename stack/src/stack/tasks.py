"""The steps of `up`: each begins when those before it are done, and all that can run at once do."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from stack.cluster import Cluster
from stack.control import Control, ProgramState
from stack.errors import StackError
from stack.home import Home
from stack.identity import is_alive
from stack.leftovers import PROGRAM_VARIABLE, marker, recorded_leader
from stack.logs import tail
from stack.parts import POSTGRES
from stack.programs import base_environment
from stack.readiness import readiness

GIVE_UP_STARTS = 4
STATES_SECONDS = 0.3


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


class States:
    """supervisord's answers, asked for at most a few times a second."""

    def __init__(self, control: Control) -> None:
        """Ask nothing yet."""
        self._control = control
        self._asked = float("-inf")
        self._states: dict[str, ProgramState] = {}

    def of(self, name: str) -> ProgramState:
        """Return the state of a program, at most 0.3 s old."""
        if time.monotonic() - self._asked > STATES_SECONDS:
            self._states = self._control.states()
            self._asked = time.monotonic()
        return self._states[name]


@dataclass
class Watch:
    """Notice that a supervised program fails each time it is started."""

    control: Control
    states: States
    home: Home
    name: str
    starts: set[int] = field(default_factory=set)

    def check(self) -> None:
        """Raise StackError with the end of its log when the program cannot be started."""
        state = self.states.of(self.name)
        if state.started:
            self.starts.add(state.started)
        if state.state in ("FATAL", "UNKNOWN") or len(self.starts) >= GIVE_UP_STARTS:
            log = self.home.log(self.name)
            raise StackError(f"{self.name} does not start. The end of {log}:\n{tail(log, 25)}")


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
        leader = recorded_leader(self._watch.home.run, self.name)
        if leader is None or not is_alive(leader.pid, leader.identity):
            return False
        if not self._cluster.is_served_by(leader.pid):
            return False
        self._provision()
        return True

    def waiting_for(self) -> str:
        """What is missing, in words."""
        return f"it accepts no connections yet; see {self._watch.home.log(self.name)}"


class MigrationTask:
    """Run one migration module to its end."""

    def __init__(self, module: str, after: tuple[str, ...], home: Home, database_url: str) -> None:
        """Keep what is needed."""
        self.name, self.after = module, after
        self._log = home.log(f"migration-{module.partition('.')[0]}")
        self._environment = base_environment() | {
            "DATASET_DATABASE_URL": database_url,
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

    def __init__(self, watch: Watch) -> None:
        """Keep what is needed."""
        self.name = watch.name
        self.after: tuple[str, ...] = ()
        self._watch = watch

    def begin(self) -> None:
        """Start the program."""
        self._watch.control.start(self.name)

    def done(self) -> bool:
        """Whether its process is there."""
        self._watch.check()
        return self._watch.states.of(self.name).is_running

    def waiting_for(self) -> str:
        """What is missing, in words."""
        return f"see {self._watch.home.log(self.name)}"
