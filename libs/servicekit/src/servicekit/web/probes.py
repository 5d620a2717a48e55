"""Health, readiness, metrics, OpenAPI document: the routes that every service answers alike."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import orjson
from flask import Flask, Response, current_app
from flask_restful import Resource
from flask_swagger_ui import get_swaggerui_blueprint
from prometheus_client import CONTENT_TYPE_LATEST

from servicekit.errors import RETRY_AFTER_SECONDS, ServiceError
from servicekit.logs import get_logger
from servicekit.metrics import Metrics
from servicekit.process_series import ProcessSeries
from servicekit.web.operation import json_response, operation
from servicekit.web.schema import HealthAnswer, ReadyAnswer

log = get_logger(__name__)

Check = Callable[[], None]


class Health(Resource):  # type: ignore[misc]
    """Whether the process answers; asks no dependency."""

    @operation("Tell that the process can answer", {200: HealthAnswer})
    def get(self) -> HealthAnswer:
        """Answer 200 while the process can."""
        return HealthAnswer(service=current_app.name)


class Ready(Resource):  # type: ignore[misc]
    """Whether everything that the service needs answers."""

    def __init__(self, checks: Mapping[str, Check], process: ProcessSeries) -> None:
        self._checks = checks
        self._process = process

    @operation("Ask every dependency", {200: ReadyAnswer, 503: ReadyAnswer})
    def get(self) -> Response:
        """Answer 200 when all dependencies answer, else 503; a row for each."""
        rows = run_checks(current_app._get_current_object(), self._checks)  # type: ignore[attr-defined]
        for name, row in rows.items():
            self._process.asked(name, answers=row == "ok")
        ready = all(row == "ok" for row in rows.values())
        answer = ReadyAnswer(status="ready" if ready else "not ready", checks=rows)
        response = json_response(answer, 200 if ready else 503)
        if not ready:
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


def run_checks(app: Flask, checks: Mapping[str, Check]) -> dict[str, str]:
    """Run all checks side by side and return `ok` or a short reason for each."""

    def outcome(name: str) -> str:
        with app.app_context():
            try:
                checks[name]()
            except ServiceError as fault:
                return fault.message
            except Exception as fault:  # noqa: BLE001 - a check may fail in any way its library does
                log.warning("check failed", check=name, reason=repr(fault))
                return f"does not answer ({type(fault).__name__})"
        return "ok"

    if not checks:
        return {}
    with ThreadPoolExecutor(max_workers=len(checks)) as pool:
        return dict(zip(checks, pool.map(outcome, checks), strict=True))


def add_metrics_route(app: Flask, metrics: Metrics) -> None:
    """Serve the Prometheus text at /metrics."""

    @app.get("/metrics")
    def prometheus() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def add_documentation_routes(app: Flask, document: Callable[[], dict[str, Any]]) -> None:
    """Serve the OpenAPI document and a page to try it, whose scripts come from this process."""

    @cache  # made for the first who asks: most processes are never asked, and start without it
    def text() -> bytes:
        return orjson.dumps(document())

    @app.get("/openapi.json")
    def openapi() -> Response:
        return Response(text(), mimetype="application/json")

    page = get_swaggerui_blueprint(
        "/docs", "/openapi.json", config={"app_name": f"{app.name} API", "validatorUrl": None}
    )
    app.register_blueprint(page)
    app.add_url_rule("/docs", view_func=app.view_functions["swagger_ui.show"])
