"""The request id: taken or made at the door, logged, and passed on to peers and jobs."""

import re
from contextvars import ContextVar
from random import getrandbits

HEADER = "X-Request-ID"
IN_ENVIRON = "HTTP_X_REQUEST_ID"

_ACCEPTED = re.compile(r"[A-Za-z0-9._\-]{1,128}")
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def accept(candidate: str | None) -> str:
    """Take the caller's id when it is harmless, else make one, and remember it for this context."""
    request_id = candidate if candidate and _ACCEPTED.fullmatch(candidate) else _new()
    _current.set(request_id)
    return request_id


def _new() -> str:
    return f"{getrandbits(128):032x}"


def current() -> str | None:
    """Return the id of the request that is being answered, or None outside of one."""
    return _current.get()
