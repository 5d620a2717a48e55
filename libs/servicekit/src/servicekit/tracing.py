"""Traces of requests and jobs, sent by OTLP where an endpoint is set.

Where none is, nothing of OpenTelemetry is imported and each function here returns at its first line. A
process has one tracing, as OpenTelemetry itself has one tracer provider; it begins after the fork, because
what sends the spans is a thread.
"""

import importlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from servicekit.settings import ServiceSettings

if TYPE_CHECKING:
    from flask import Flask  # who only logs needs no Flask


class Spans(Protocol):
    """What `servicekit.open_telemetry` does when tracing is on."""

    def note(self, method: str, route: str, request_id: str) -> None:
        """Tell the span of a request what is known at its end."""

    def trace_id(self) -> str | None:
        """Return the id of the trace that goes on here."""

    def sending(self, name: str, headers: dict[str, str]) -> AbstractContextManager[object]:
        """Have a message sent in a span of its own, whose place goes into the headers."""

    def receiving(self, name: str, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        """Have a message worked on in a span below that of its sender."""

    def flush(self) -> None:
        """Send what was not sent yet."""


class _Process:
    """The tracing of this process."""

    spans: Spans | None = None


def beginning(app: "Flask", version: str, settings: ServiceSettings) -> Callable[[], None] | None:
    """Return what begins tracing in a process after it was forked; None where no endpoint is set.

    The libraries are imported here, once for all processes.
    """
    if not settings.otlp_endpoint:
        return None
    library = importlib.import_module("servicekit.open_telemetry")

    def begin() -> None:
        _Process.spans = library.begin(app, version, settings)

    return begin


def note(method: str, route: str, request_id: str) -> None:
    """Tell the span of a request what is known at its end."""
    if _Process.spans is not None:
        _Process.spans.note(method, route, request_id)


def trace_id() -> str | None:
    """Return the id of the trace that goes on here, or None."""
    return None if _Process.spans is None else _Process.spans.trace_id()


def log_fields() -> dict[str, Any]:
    """Return what a log record says of the trace that goes on here."""
    current = trace_id()
    return {} if current is None else {"trace_id": current}


def sending(name: str, headers: dict[str, str]) -> AbstractContextManager[object]:
    """Have a message sent in a span of its own, whose place goes into the headers."""
    return nullcontext() if _Process.spans is None else _Process.spans.sending(name, headers)


def receiving(name: str, headers: Mapping[str, str]) -> AbstractContextManager[object]:
    """Have a message worked on in a span below that of its sender."""
    return nullcontext() if _Process.spans is None else _Process.spans.receiving(name, headers)


def flush() -> None:
    """Send what was not sent yet; for a process that ends without telling its libraries."""
    if _Process.spans is not None:
        _Process.spans.flush()
