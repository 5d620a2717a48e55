"""A short way for the requests that come most, in front of Flask.

A lane takes a request that is exactly as it should be and answers it without Flask's contexts, routing and
response objects, which cost more than a small model. What a lane does not take (another header, an error, a
model that is not loaded) goes through Flask's own route of the same path as if there was no lane, so that
every refusal is made in one place.
"""

import io
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Flask

from servicekit import request_id, tracing
from servicekit.logs import access_log
from servicekit.metrics import Metrics
from servicekit.settings import ServiceSettings

Taken = TypeVar("Taken")
_JSON = ("application/json", "application/json; charset=utf-8")


@dataclass(frozen=True)
class Lane(Generic[Taken]):
    """One route with a variable part in its middle.

    Args:
        prefix, suffix: of the path around the variable part.
        rule: how Flask writes the route, for metrics and logs.
        take: given the variable part, the query string and the body, checks without changing anything; None
            or any exception leaves the request to Flask.
        answer: does it; an exception is answered as everywhere.
        but_with: names in the WSGI environment of headers with which a request is left to Flask.
    """

    prefix: str
    suffix: str
    rule: str
    take: Callable[[str, str, bytes], Taken | None]
    answer: Callable[[Taken], bytes]
    but_with: tuple[str, ...] = ()


class ExpressLanes:
    """The WSGI app in front of Flask's own."""

    def __init__(self, app: Flask, metrics: Metrics, lanes: Iterable[Lane[Any]]) -> None:
        settings: ServiceSettings = app.extensions["service_settings"]
        self._app = app
        self._behind = app.wsgi_app
        self._metrics = metrics
        self._lanes = tuple(lanes)
        self._most = settings.max_body_bytes
        self._log = access_log(app.name, settings)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer by a lane, else by Flask."""
        if environ["REQUEST_METHOD"] == "POST" and environ.get("CONTENT_TYPE") in _JSON:
            path = environ["PATH_INFO"]
            for lane in self._lanes:
                if path.startswith(lane.prefix) and path.endswith(lane.suffix):
                    if any(header in environ for header in lane.but_with):
                        break
                    return self._on(lane, environ, start_response)
        return self._behind(environ, start_response)

    def _on(self, lane: Lane[Any], environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began = time.perf_counter()
        body = self._body(environ)
        if body is None:
            return self._behind(environ, start_response)
        name = environ["PATH_INFO"][len(lane.prefix) : -len(lane.suffix)]
        query = environ.get("QUERY_STRING", "")
        if "%00" in query:  # refused, as in a body
            return self._behind(environ, start_response)
        own_id = request_id.accept(environ.get(request_id.IN_ENVIRON))
        taken = _taken(lane, name, query, body)
        if taken is None:
            return self._behind(environ, start_response)
        try:
            answer = lane.answer(taken)
        except Exception as fault:  # noqa: BLE001 - Flask's handlers know what to do with each
            return self._refused(fault, environ, start_response)
        seconds = time.perf_counter() - began
        self._metrics.answered("POST", lane.rule, 200, seconds)
        tracing.note("POST", lane.rule, own_id)
        self._log(
            {
                "method": "POST",
                "route": lane.rule,
                "path": environ["PATH_INFO"],
                "status": 200,
                "duration_ms": round(seconds * 1000, 2),
                "request_id": own_id,
                **tracing.log_fields(),
            },
            quiet=False,
        )
        start_response(
            "200 OK",
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(answer))),
                (request_id.HEADER, own_id),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        return [answer]

    def _body(self, environ: dict[str, Any]) -> bytes | None:
        """Read the body where its length is known and allowed, and let Flask read it again."""
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isascii() or not length.isdigit() or not 0 < int(length) <= self._most:
            return None
        body: bytes = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        return body if len(body) == int(length) else None

    def _refused(self, fault: Exception, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._app.request_context(environ):
            self._app.preprocess_request()
            response = self._app.finalize_request(self._app.handle_user_exception(fault))
            return response(environ, start_response)


def _taken(lane: Lane[Any], name: str, query: str, body: bytes) -> Any:
    try:
        return lane.take(name, query, body)
    except Exception:  # noqa: BLE001 - whatever it is, Flask's route says it
        return None


def add_lanes(app: Flask, metrics: Metrics, lanes: Iterable[Lane[Any]]) -> None:
    """Put lanes in front of the app; their routes must be there as well."""
    app.wsgi_app = ExpressLanes(app, metrics, lanes)  # type: ignore[method-assign]
