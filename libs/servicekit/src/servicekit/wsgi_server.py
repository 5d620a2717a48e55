"""The WSGI server of every service, chosen and set in this one place."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from servicekit.settings import ServiceSettings
from servicekit.web.app import begin_process

GRACEFUL_TIMEOUT_SECONDS = 20
RESPAWN_SECONDS = 0.1
HEADER_TIMEOUT_MILLISECONDS = 10_000
MOST_HEADER_BYTES = 64 * 1024
ORPHAN_CHECK_SECONDS = 1.0
PR_SET_PDEATHSIG = 1
# The server's own words go where ours go, in the same format.
_LOGGERS = {"_granian": {"handlers": [], "propagate": True}}


def serve(app: Flask) -> None:
    """Serve the app with its own settings' address, workers and threads until SIGTERM."""
    settings: ServiceSettings = app.extensions["service_settings"]
    Granian(
        app.name,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT_MILLISECONDS, max_buffer_size=MOST_HEADER_BYTES
        ),
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=GRACEFUL_TIMEOUT_SECONDS,
        log_level=LogLevels.error,
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": _LOGGERS},
    ).serve(target_loader=_loader(app), wrap_loader=False)


def _loader(app: Flask) -> Callable[[], Flask]:
    """Return what each worker process calls after it was forked from the master that built the app."""
    master = os.getpid()

    def load() -> Flask:
        _end_at_once_with_master()
        threading.Thread(target=_end_with, args=(master,), name="orphan-check", daemon=True).start()
        begin_process(app)
        return app

    return load


def _end_at_once_with_master() -> None:
    """Have Linux end this worker when its master is killed, before it answers in its successor's place."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end_with(master: int) -> None:
    """End this worker when its master was killed, where the system does not: nobody would stop it."""
    never = threading.Event()
    while os.getppid() == master:
        never.wait(ORPHAN_CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
