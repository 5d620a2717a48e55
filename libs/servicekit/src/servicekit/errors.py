"""The errors a use case may raise, each with a status and a short stable text.

They are raised anywhere below the web layer and answered in one place, `servicekit.web.error_handlers`.
A service derives its own from these and builds the message from typed arguments.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

Detail = Mapping[str, Any]

RETRY_AFTER_SECONDS = 2


class ServiceError(Exception):
    """Something that is answered to the caller in the one error shape.

    Args:
        message: what the caller can do about it, in one or two sentences.
        details: one mapping for each single fault (for example a field and its reason).
    """

    status: ClassVar[int] = 500
    error: ClassVar[str] = "Internal error"

    def __init__(self, message: str, details: Sequence[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = [dict(detail) for detail in details]

    @property
    def headers(self) -> dict[str, str]:
        """Return the response headers that belong to this error."""
        return {}


class Invalid(ServiceError):
    """A value that cannot be used: 400."""

    status = 400
    error = "Invalid value"


class NotFound(ServiceError):
    """An id or a name that is not there: 404."""

    status = 404
    error = "Not found"


class Conflict(ServiceError):
    """A request that the present state does not allow: 409."""

    status = 409
    error = "Wrong state"


class TooLarge(ServiceError):
    """A request over a limit of size: 413."""

    status = 413
    error = "Too large"


class WrongContentType(ServiceError):
    """A body that is not JSON: 415."""

    status = 415
    error = "Unsupported media type"


class RetryLater(ServiceError):
    """An error that passes: its answer names the seconds to wait."""

    def __init__(
        self, message: str, details: Sequence[Detail] = (), retry_after_seconds: int = RETRY_AFTER_SECONDS
    ) -> None:
        super().__init__(message, details)
        self.retry_after_seconds = retry_after_seconds

    @property
    def headers(self) -> dict[str, str]:
        """Return the Retry-After header."""
        return {"Retry-After": str(self.retry_after_seconds)}


class RateLimited(RetryLater):
    """Too many requests in a time: 429."""

    status = 429
    error = "Too many requests"


class Unavailable(RetryLater):
    """A dependency that does not answer: 503."""

    status = 503
    error = "Dependency unavailable"


class UpstreamFailed(ServiceError):
    """A peer that answered something that it should not: 502."""

    status = 502
    error = "Upstream failed"


class UpstreamTimeout(RetryLater):
    """A peer that did not answer in time: 504."""

    status = 504
    error = "Upstream timeout"
