"""What supervisord says of the programs while they are started."""

import time
from dataclasses import dataclass, field

from stack.control import Control, ProgramState
from stack.errors import StackError
from stack.home import Home
from stack.identity import is_alive
from stack.leftovers import recorded_leader
from stack.logs import tail

GIVE_UP_STARTS = 4
STATES_SECONDS = 0.3


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

    def leader(self) -> int | None:
        """Return the number of the program's first process while that lives."""
        leader = recorded_leader(self.home.run, self.name)
        return leader.pid if leader and is_alive(leader.pid, leader.identity) else None
