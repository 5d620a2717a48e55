"""The request id: taken or made at the door, logged, and passed on to peers and jobs."""

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-ID"

_ACCEPTED = re.compile(r"[A-Za-z0-9._\-]{1,128}")
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def accept(candidate: str | None) -> str:
    """Take the caller's id when it is harmless, else make one, and remember it for this context."""
    request_id = candidate if candidate and _ACCEPTED.fullmatch(candidate) else uuid.uuid4().hex
    _current.set(request_id)
    return request_id


def current() -> str | None:
    """Return the id of the request that is being answered, or None outside of one."""
    return _current.get()
