"""The WSGI server of every service, chosen and set in this one place."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client.multiprocess import mark_process_dead

from servicekit.settings import ServiceSettings

GRACEFUL_TIMEOUT_SECONDS = 20
SILENT_WORKER_TIMEOUT_SECONDS = 120


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _forget_worker(_server: Any, worker: Any) -> None:
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def serve(app: Flask) -> None:
    """Serve the app with its own settings' address, workers and threads until SIGTERM."""
    settings: ServiceSettings = app.extensions["service_settings"]
    _Server(
        app,
        {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": SILENT_WORKER_TIMEOUT_SECONDS,
            "graceful_timeout": GRACEFUL_TIMEOUT_SECONDS,
            "keepalive": 5,
            "control_socket_disable": True,
            "child_exit": _forget_worker,
            "proc_name": app.name,
        },
    ).run()
