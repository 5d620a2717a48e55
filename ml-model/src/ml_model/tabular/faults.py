"""What can be wrong with a file as a whole."""

from typing import Any


class FileRefused(ValueError):
    """A file of which no row can be read.

    Args:
        message: what to do about it.
        details: one mapping for each single fault.
    """

    def __init__(self, message: str, details: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
