"""What can be wrong with a true label."""

from collections.abc import Sequence
from typing import Any

from servicekit.errors import Conflict, Invalid, NotFound


class RequestNotFound(NotFound):
    """No prediction has this id."""

    error = "Request not found"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"There is no request {request_id[:100]!r}; a prediction's answer names its request_id."
        )


class NotALabel(Invalid):
    """The version never gives this label."""

    error = "Unknown label"

    def __init__(self, request_id: str, classes: Sequence[Any]) -> None:
        listed = ", ".join(repr(label) for label in classes[:20])
        super().__init__(f"The feedback of request {request_id} must be one of: {listed}.")


class FeedbackDiffers(Conflict):
    """Another true label was given before."""

    error = "Feedback differs"

    def __init__(self, request_id: str, known: Any) -> None:
        super().__init__(
            f"The feedback of request {request_id} is {known!r} already; "
            'send "replace": true to have another in its place.'
        )
