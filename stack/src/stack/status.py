"""What runs, and where."""

from dataclasses import dataclass

from stack.control import ProgramState
from stack.errors import StackError
from stack.home import Home
from stack.parts import PARTS
from stack.place import SYSTEM_DIRECTORY, existing_directory
from stack.readiness import readiness
from stack.state import StackState, state_of
from stack.supervision import running_control


@dataclass(frozen=True)
class ProgramStatus:
    """One program as a person wants to know it."""

    name: str
    state: str
    pid: int
    seconds: int
    url: str
    ready: bool | None
    said: str


@dataclass(frozen=True)
class StackStatus:
    """The whole stack."""

    running: bool
    programs: tuple[ProgramStatus, ...]
    notes: tuple[str, ...]

    @property
    def all_ready(self) -> bool:
        """Whether everything runs and answers."""
        return self.running and all(program.ready is not False for program in self.programs)


def status_of(home: Home) -> StackStatus:
    """Look at every program and ask each part whether it is ready."""
    state, control = state_of(home), running_control(home)
    notes = _notes(home)
    if state is None:
        return StackStatus(running=False, programs=(), notes=notes)
    if control is None:
        return StackStatus(running=False, programs=(), notes=(*notes, "supervisord was killed: use `up`"))
    try:
        states = control.states()
    except StackError as error:
        return StackStatus(running=False, programs=(), notes=(*notes, str(error)))
    programs = tuple(_program(states[name], state) for name in state.programs if name in states)
    return StackStatus(running=True, programs=programs, notes=notes)


def _program(now: ProgramState, state: StackState) -> ProgramStatus:
    url = state.urls.get(now.name, "")
    seconds = now.now - now.started if now.is_running else 0
    paths = {part.name: part.ready_path for part in PARTS}
    answer = readiness(url + paths[now.name]) if url else None
    ready = answer.ready if answer else (None if now.is_running else False)
    said = answer.said if answer and not answer.ready else ""
    address = url or (f"127.0.0.1:{state.ports[now.name]}" if now.name in state.ports else "")
    return ProgramStatus(now.name, now.state.lower(), now.pid, seconds, address, ready, said)


def _notes(home: Home) -> tuple[str, ...]:
    directory = existing_directory(home)
    if directory and directory.is_relative_to(SYSTEM_DIRECTORY):
        return (f"The account of the servers cannot reach this home; their data is in {directory}",)
    return ()
