"""The WSGI server of every service, chosen and set in this one place."""

import socket
import uuid
from typing import Any

import orjson
from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker
from prometheus_client.multiprocess import mark_process_dead

from servicekit.settings import ServiceSettings

GRACEFUL_TIMEOUT_SECONDS = 20
SILENT_WORKER_TIMEOUT_SECONDS = 120


class _Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's thread worker, which closes idle connections at once when it is told to stop.

    Otherwise one kept-alive connection holds it for the whole graceful timeout.
    """

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        self.method_queue.defer(self._close_idle)

    def _close_idle(self) -> None:
        for connection in (*self.keepalived_conns, *self.pending_conns):
            connection.timeout = 0
        self.murder_keepalived()
        self.murder_pending()


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


def _write_protocol_error(sock: socket.socket, status: int, reason: str, message: str) -> None:
    """Answer what is not even HTTP in the one error shape; gunicorn's own answer is an HTML page."""
    request_id = uuid.uuid4().hex
    body = orjson.dumps({"error": reason, "message": message[:200], "request_id": request_id, "details": []})
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"X-Request-ID: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode("ascii") + body)


def _forget_worker(_server: Any, worker: Any) -> None:
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def serve(app: Flask) -> None:
    """Serve the app with its own settings' address, workers and threads until SIGTERM."""
    util.write_error = _write_protocol_error
    settings: ServiceSettings = app.extensions["service_settings"]
    _Server(
        app,
        {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": _Worker,
            "preload_app": True,
            "timeout": SILENT_WORKER_TIMEOUT_SECONDS,
            "graceful_timeout": GRACEFUL_TIMEOUT_SECONDS,
            "keepalive": 5,
            "control_socket_disable": True,
            "child_exit": _forget_worker,
            "proc_name": app.name,
        },
    ).run()
