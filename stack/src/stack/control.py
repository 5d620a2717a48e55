"""Talk to a running supervisord over its own XML-RPC interface on 127.0.0.1."""

import http.client
import xmlrpc.client
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from stack.errors import StackError
from stack.parts import LOOPBACK
from stack.supervisor_config import USER, ControlAccess

TIMEOUT_SECONDS = 10.0
NO_WAIT = False
ALREADY_STARTED, NOT_RUNNING = 60, 70  # supervisor.xmlrpc.Faults


@dataclass(frozen=True)
class ProgramState:
    """What supervisord says of one program; `started` and `now` are its clock, in seconds."""

    name: str
    state: str
    pid: int
    started: int
    now: int
    description: str

    @property
    def is_running(self) -> bool:
        """Whether its process is there, young or old."""
        return self.state in ("STARTING", "RUNNING")


class _Transport(xmlrpc.client.Transport):
    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = super().make_connection(host)
        connection.timeout = TIMEOUT_SECONDS
        return connection


class Control:
    """One supervisord."""

    def __init__(self, access: ControlAccess) -> None:
        """Keep the address; nothing is opened yet."""
        self._url = f"http://{USER}:{quote(access.password)}@{LOOPBACK}:{access.port}/RPC2"

    def states(self) -> dict[str, ProgramState]:
        """Return the state of each program by name; raises StackError when supervisord does not answer."""
        rows = self._call("getAllProcessInfo")
        return {row["name"]: _state(row) for row in rows}

    def answers(self) -> bool:
        """Whether supervisord answers now."""
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except StackError:
            return False

    def start(self, name: str) -> None:
        """Start a program; one that runs is left alone."""
        self._call("startProcess", name, NO_WAIT, tolerated=ALREADY_STARTED)

    def stop(self, name: str) -> None:
        """Ask a program to end, without waiting for it."""
        self._call("stopProcess", name, NO_WAIT, tolerated=NOT_RUNNING)

    def shutdown(self) -> None:
        """Ask supervisord to stop everything and end."""
        self._call("shutdown")

    def _call(self, method: str, *arguments: Any, tolerated: int = -1) -> Any:
        try:
            with xmlrpc.client.ServerProxy(self._url, transport=_Transport()) as server:
                return getattr(server.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == tolerated:
                return None
            raise StackError(f"supervisord refused {method} {arguments}: {fault.faultString}") from fault
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise StackError(f"supervisord does not answer: {error}") from error


def _state(row: dict[str, Any]) -> ProgramState:
    return ProgramState(
        row["name"],
        row["statename"],
        row["pid"],
        row["start"],
        row["now"],
        row["spawnerr"] or row["description"],
    )
