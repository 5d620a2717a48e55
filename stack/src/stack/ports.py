"""Ports of 127.0.0.1: which are free, and who has the others."""

import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

from stack.leftovers import PROGRAM_VARIABLE
from stack.parts import LOOPBACK


@dataclass(frozen=True)
class Holder:
    """The process that listens on a port, and the stack that it belongs to, if any."""

    pid: int
    name: str
    user: str
    stack: str = ""

    def __str__(self) -> str:
        of_stack = f", the stack of {self.stack}" if self.stack else ""
        return f"{self.name} (process {self.pid}, user {self.user}{of_stack})"


def free_port() -> int:
    """Return a port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on the port, as servers do it (a closed connection does not block it)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def holder(port: int) -> Holder | None:
    """Return who listens on the port, where this user may see it."""
    try:
        listening = [row for row in psutil.net_connections(kind="tcp") if row.status == psutil.CONN_LISTEN]
        pids = [row.pid for row in listening if row.laddr and row.laddr.port == port and row.pid]
        if not pids:
            return None
        process = _first_of_its_kind(psutil.Process(pids[0]))
        return Holder(process.pid, process.name(), process.username(), _stack_of(process))
    except (psutil.Error, OSError):
        return None


def _first_of_its_kind(process: psutil.Process) -> psutil.Process:
    """Return the master of a worker: both listen, and only the master is worth ending."""
    parent = process.parent()
    while parent is not None and parent.cmdline() == process.cmdline():
        process, parent = parent, parent.parent()
    return process


def _stack_of(process: psutil.Process) -> str:
    run_directory = process.environ().get(PROGRAM_VARIABLE, "").partition("//")[0]
    return str(Path(run_directory).parent) if run_directory else ""
