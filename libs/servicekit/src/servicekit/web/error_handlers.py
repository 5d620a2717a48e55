"""The one place where anything that was raised becomes an answer in the one error shape."""

import orjson
from flask import Flask, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from servicekit import request_id
from servicekit.errors import ServiceError, Unavailable
from servicekit.logs import get_logger

log = get_logger(__name__)

_ADVICE = {
    400: ("Invalid request", "The request could not be read; check its path, headers and body."),
    404: ("Not found", "There is nothing at this path; GET /openapi.json lists what there is."),
    405: ("Method not allowed", "Use one of the methods that the Allow header lists."),
    413: ("Too large", "Send a smaller body; the limit is the setting MAX_BODY_BYTES of this service."),
    415: ("Unsupported media type", "Send JSON with the header Content-Type: application/json."),
}


def error_response(status: int, error: str, message: str, details: list[dict[str, object]]) -> Response:
    """Return an answer in the one error shape."""
    body = {
        "error": error,
        "message": message,
        "request_id": request_id.current(),
        "details": details,
    }
    return Response(orjson.dumps(body, default=str), status=status, mimetype="application/json")


def _service_error(raised: ServiceError) -> Response:
    response = error_response(raised.status, raised.error, raised.message, raised.details)
    response.headers.update(raised.headers)
    log.info("refused", error=raised.error, reason=raised.message, status=raised.status)
    return response


def _http_error(raised: HTTPException) -> Response:
    status = raised.code or 500
    error, message = _ADVICE.get(status, (raised.name, raised.description or raised.name))
    response = error_response(status, error, message, [])
    for name, value in raised.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _database_away(raised: Exception) -> Response:
    log.warning("database unavailable", reason=type(raised).__name__, text=str(raised).splitlines()[0])
    return _service_error(Unavailable("The database does not answer; try again in a moment."))


def _database_fault(raised: DBAPIError) -> Response:
    if raised.connection_invalidated:
        return _database_away(raised)
    return _unexpected(raised)


def _unexpected(raised: Exception) -> Response:
    log.error("unexpected error", exc_info=raised)
    message = "This is a fault of the service; its log has the details under this request_id."
    return error_response(500, "Internal error", message, [])


def register(app: Flask) -> None:
    """Answer every exception of the app in the one error shape."""
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(HTTPException, _http_error)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(DBAPIError, _database_fault)
    app.register_error_handler(Exception, _unexpected)
