"""What happens around every request: its id, its log line, its metrics, its headers.

Every request pays for this, so the request is taken from its proxy once and series are looked up once.
"""

import time

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import NotFound

from servicekit import request_id, tracing
from servicekit.logs import access_log
from servicekit.metrics import Metrics
from servicekit.settings import ServiceSettings

_KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET_ROUTES = frozenset({"/health", "/ready", "/metrics"})


def _method(answered: Request) -> str:
    return answered.method if answered.method in _KNOWN_METHODS else "OTHER"


def register(app: Flask, metrics: Metrics, settings: ServiceSettings) -> None:
    """Number, time, count and log the app's requests."""
    log = access_log(app.name, settings)

    @app.before_request
    def start() -> None:
        current: Request = request._get_current_object()  # type: ignore[attr-defined]
        request_id.accept(current.environ.get(request_id.IN_ENVIRON))
        in_progress = metrics.in_progress_of(_method(current))
        in_progress.inc()
        g.begun = (time.perf_counter(), in_progress)
        if "\x00" in current.path:  # no name has it, and the database takes no text with it
            raise NotFound

    @app.after_request
    def finish(response: Response) -> Response:
        current: Request = request._get_current_object()  # type: ignore[attr-defined]
        seconds = time.perf_counter() - g.begun[0]
        method = _method(current)
        route = current.url_rule.rule if current.url_rule else "unmatched"
        metrics.answered(method, route, response.status_code, seconds)
        own_id = request_id.current() or ""
        tracing.note(method, route, own_id)
        response.headers[request_id.HEADER] = own_id
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        log(
            {
                "method": method,
                "route": route,
                "path": current.path,
                "status": response.status_code,
                "duration_ms": round(seconds * 1000, 2),
                "request_id": own_id,
                **tracing.log_fields(),
            },
            quiet=route in _QUIET_ROUTES,
        )
        return response

    @app.teardown_request
    def end(_fault: BaseException | None) -> None:
        g.begun[1].dec()
