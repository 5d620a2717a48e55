"""The request id on its way from the service to the worker."""

from typing import Any

from servicekit import request_id

REQUEST_ID_HEADER = "request_id"


def headers(asked_by: str | None = None) -> dict[str, str]:
    """Return the headers that pass the request id on to the worker."""
    current = asked_by or request_id.current()
    return {REQUEST_ID_HEADER: current} if current else {}


def accept(task: Any) -> None:
    """Take up the request id that came with a task's message."""
    sent = getattr(task.request, "headers", None) or {}
    request_id.accept(sent.get(REQUEST_ID_HEADER) or getattr(task.request, REQUEST_ID_HEADER, None))
