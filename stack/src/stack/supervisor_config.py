"""supervisord's configuration, written anew at each start."""

import os
import shlex
import sys
from collections.abc import Iterable
from configparser import RawConfigParser
from dataclasses import dataclass
from io import StringIO

from stack.home import Home
from stack.parts import LOOPBACK
from stack.spec import ProgramSpec

USER = "stack"
# A program that ends sooner than this counts as not started: it is tried again after 1, 2, 3, ... seconds.
START_SECONDS = 2
ENDLESS_RETRIES = 1_000_000
LOG_BYTES = "10MB"
LOG_BACKUPS = 3


@dataclass(frozen=True)
class ControlAccess:
    """How supervisord is spoken to."""

    port: int
    password: str


def render(home: Home, programs: Iterable[ProgramSpec], access: ControlAccess, *, autostart: bool) -> str:
    """Return the configuration; it holds the control password, so it is for the owner only."""
    sections: dict[str, dict[str, object]] = {
        "supervisord": _daemon(home),
        "inet_http_server": {
            "port": f"{LOOPBACK}:{access.port}",
            "username": USER,
            "password": access.password,
        },
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }
    for place, program in enumerate(programs):
        sections[f"program:{program.name}"] = _program(home, program, priority=place, autostart=autostart)
    config = RawConfigParser()
    for section, values in sections.items():
        config[section] = {name: str(value).replace("%", "%%") for name, value in values.items()}
    text = StringIO()
    config.write(text)
    return text.getvalue()


def _daemon(home: Home) -> dict[str, object]:
    values: dict[str, object] = {
        "logfile": home.log("supervisord"),
        "logfile_maxbytes": LOG_BYTES,
        "logfile_backups": LOG_BACKUPS,
        "pidfile": home.run / "supervisord.number",
        "nodaemon": "true",
        "silent": "true",
        "directory": "/",
        "childlogdir": home.logs,
    }
    if os.geteuid() == 0:
        values["user"] = "root"  # said aloud, or supervisord warns
    return values


def _program(home: Home, program: ProgramSpec, *, priority: int, autostart: bool) -> dict[str, object]:
    return {
        "command": shlex.join([sys.executable, "-P", "-m", "stack.child", str(home.run), program.name]),
        "autostart": str(autostart).lower(),
        "autorestart": "true",
        "startsecs": START_SECONDS,
        "startretries": ENDLESS_RETRIES,
        "stopsignal": program.stop_signal,
        "stopwaitsecs": int(program.stop_seconds),
        "stopasgroup": str(program.stop_whole_group).lower(),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": home.log(program.name),
        "stdout_logfile_maxbytes": LOG_BYTES,
        "stdout_logfile_backups": LOG_BACKUPS,
        "priority": priority,
    }
