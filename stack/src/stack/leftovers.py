"""Find and end what a program of this stack left running, and never anything else.

A process belongs to a program when it carries the program's mark in its environment, when it is in the
process group of the program's recorded leader and that leader is still the same process, or when it is the
program's own executable at work in the program's own directory (PostgreSQL's backends: each leads its own
group, and they write their titles over their environment).
"""

import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from stack.files import read_json, write_json
from stack.identity import group_of, identity

PROGRAM_VARIABLE = "MLOPS_STACK_PROGRAM"
KILL_WAIT_SECONDS = 5.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Leader:
    """The process that leads a program's process group."""

    pid: int
    identity: str


def marker(run_directory: Path, name: str) -> str:
    """Return what each process of the program carries in its environment."""
    return f"{run_directory.resolve()}//{name}"


def record_leader(run_directory: Path, name: str) -> None:
    """Note that this process now leads the program's group."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    write_json(run_directory / f"{name}.pid", {"pid": os.getpid(), "identity": identity(os.getpid())})


def recorded_leader(run_directory: Path, name: str) -> Leader | None:
    """Return the leader that was noted last, alive or not."""
    record = read_json(run_directory / f"{name}.pid")
    if not record or not isinstance(record.get("pid"), int):
        return None
    return Leader(record["pid"], str(record.get("identity")))


def of_program(run_directory: Path, name: str) -> list[psutil.Process]:
    """Return every process of one program."""
    wanted = marker(run_directory, name)
    return _select(lambda mark: mark == wanted, run_directory, [name])


def of_stack(run_directory: Path) -> list[psutil.Process]:
    """Return every process of every program of this home."""
    prefix = marker(run_directory, "")
    names = sorted({path.stem for path in run_directory.glob("*.p*") if path.suffix in (".pid", ".program")})
    return _select(lambda mark: mark.startswith(prefix), run_directory, names)


def end(processes: Iterable[psutil.Process], first: signal.Signals, grace_seconds: float) -> None:
    """Ask the processes to end, wait, and kill those that did not."""
    remaining = list(processes)
    for number, wait in ((first, grace_seconds), (signal.SIGKILL, KILL_WAIT_SECONDS)):
        for process in remaining:
            _send(process, number)
        remaining = _still_there(remaining, wait)
        if not remaining:
            return


def _still_there(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for their end; one that ended counts as gone although nobody has collected its status yet."""
    deadline = time.monotonic() + seconds
    while processes and time.monotonic() < deadline:
        processes = [process for process in processes if process.is_running() and not _is_gone(process)]
        time.sleep(POLL_SECONDS)
    return processes


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)  # psutil compares the start time first
    except psutil.Error:
        return


def _select(is_ours: Callable[[str], bool], run_directory: Path, names: list[str]) -> list[psutil.Process]:
    groups = _living_groups(run_directory, names)
    workplaces = {place for name in names if (place := _workplace(run_directory, name))}
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid() or _is_gone(process):
            continue
        if group_of(process.pid) in groups or is_ours(_mark(process)) or _place(process, workplaces):
            found.append(process)
    return found


def _living_groups(run_directory: Path, names: list[str]) -> set[int | None]:
    leaders = [leader for name in names if (leader := recorded_leader(run_directory, name))]
    return {leader.pid for leader in leaders if identity(leader.pid) == leader.identity}


def _workplace(run_directory: Path, name: str) -> tuple[str, str] | None:
    program = read_json(run_directory / f"{name}.program")
    directory = program.get("works_in") if program else None
    return (directory, str(Path(program["command"][0]).resolve())) if program and directory else None


def _place(process: psutil.Process, workplaces: set[tuple[str, str]]) -> bool:
    if not workplaces:
        return False
    try:
        return (process.cwd(), process.exe()) in workplaces
    except (psutil.Error, OSError):
        return False


def _is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def _mark(process: psutil.Process) -> str:
    try:
        return process.environ().get(PROGRAM_VARIABLE, "")
    except (psutil.Error, OSError):
        return ""
