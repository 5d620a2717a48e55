"""What happens around every request: its id, its log line, its metrics, its headers."""

import time

from flask import Flask, Response, g, request

from servicekit import request_id
from servicekit.logs import get_logger
from servicekit.metrics import Metrics

log = get_logger("servicekit.access")

_KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET_ROUTES = frozenset({"/health", "/ready", "/metrics"})


def _method() -> str:
    return request.method if request.method in _KNOWN_METHODS else "OTHER"


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "unmatched"


def register(app: Flask, metrics: Metrics) -> None:
    """Number, time, count and log the app's requests."""

    @app.before_request
    def start() -> None:
        request_id.accept(request.headers.get(request_id.HEADER))
        g.started = time.perf_counter()
        metrics.in_progress.labels(_method()).inc()

    @app.after_request
    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        labels = (_method(), _route(), str(response.status_code))
        metrics.requests.labels(*labels).inc()
        metrics.duration.labels(*labels).observe(seconds)
        response.headers[request_id.HEADER] = request_id.current() or ""
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        _log_request(response, seconds)
        return response

    @app.teardown_request
    def end(_fault: BaseException | None) -> None:
        metrics.in_progress.labels(_method()).dec()


def _log_request(response: Response, seconds: float) -> None:
    level = log.debug if _route() in _QUIET_ROUTES else log.info
    level(
        "request",
        method=_method(),
        route=_route(),
        path=request.path,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 2),
    )
