"""Structured logs for our own code and for libraries: JSON, or readable on a terminal."""

import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from servicekit import request_id, tracing
from servicekit.settings import ServiceSettings

ACCESS = "servicekit.access"


def _add_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if current := request_id.current():
        event.setdefault("request_id", current)
    for name, value in tracing.log_fields().items():
        event.setdefault(name, value)
    return event


def _to_json(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _as_json(log_format: str) -> bool:
    return log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())


def _renderers(log_format: str) -> list[Processor]:
    if _as_json(log_format):
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_to_json)]
    return [structlog.dev.ConsoleRenderer()]


def configure(service: str, settings: ServiceSettings) -> None:
    """Send every log record of this process to standard error in one form.

    Args:
        service: name that each record carries.
        settings: format and level.
    """

    def add_service(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        add_service,
        _add_ids,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(settings.log_format),
            ],
        )
    )
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for chatty in ("httpx", "httpcore", "urllib3", "alembic", "celery"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class AccessLog(Protocol):
    """Writes one line about a request; a quiet one only where details are wanted."""

    def __call__(self, fields: dict[str, Any], *, quiet: bool) -> None:
        """Write it."""


def access_log(service: str, settings: ServiceSettings) -> AccessLog:
    """Return what writes the log line of each request.

    As JSON it is written here: on the way through all processors it would take longer than many an answer.
    """
    logger = get_logger(ACCESS)
    level = logging.getLevelNamesMapping()[settings.log_level]

    def through_structlog(fields: dict[str, Any], *, quiet: bool) -> None:
        (logger.debug if quiet else logger.info)("request", **fields)

    def as_json(fields: dict[str, Any], *, quiet: bool) -> None:
        if level > (logging.DEBUG if quiet else logging.INFO):
            return
        line = {
            **fields,
            "event": "request",
            "logger": ACCESS,
            "level": "debug" if quiet else "info",
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "service": service,
        }
        with suppress(OSError, ValueError):  # who read the log is gone; that is no matter of the request
            sys.stderr.write(orjson.dumps(line).decode() + "\n")

    return as_json if _as_json(settings.log_format) else through_structlog


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger whose keyword arguments become fields of the record."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
