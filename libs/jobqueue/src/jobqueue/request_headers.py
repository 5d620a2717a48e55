"""Request id and trace on their way from the service to the worker."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from structlog.contextvars import bound_contextvars

from servicekit import request_id, tracing

REQUEST_ID_HEADER = "request_id"


def headers(asked_by: str | None = None) -> dict[str, str]:
    """Return the headers that pass the request id on to the worker."""
    current = asked_by or request_id.current()
    return {REQUEST_ID_HEADER: current} if current else {}


@contextmanager
def received(task: Any, **ids: object) -> Iterator[None]:
    """Work on a task under the request id and in the trace that came with its message.

    Args:
        task: bound.
        ids: what each log record tells beside the task's name.
    """
    sent = _Sent(task.request)
    request_id.accept(sent.get(REQUEST_ID_HEADER))
    with bound_contextvars(task=task.name, **ids), tracing.receiving(task.name, sent):
        yield


class _Sent(Mapping[str, str]):
    """The headers of a message, which Celery gives beside its own or as attributes of the request."""

    def __init__(self, request: Any) -> None:
        self._apart: dict[str, Any] = getattr(request, "headers", None) or {}
        self._request = request

    def __getitem__(self, name: str) -> str:
        found = self._apart.get(name) or getattr(self._request, name, None)
        if not isinstance(found, str):
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._apart)

    def __len__(self) -> int:
        return len(self._apart)
