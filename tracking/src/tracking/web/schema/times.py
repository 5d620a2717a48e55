"""MLflow's times as people read them."""

from datetime import UTC, datetime

FORMAT = "%Y-%m-%d %H:%M:%S"


def as_text(milliseconds: int | None) -> str | None:
    """Write milliseconds since 1970 as a time in UTC, such as 2026-11-21 12:30:00; None stays None."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).strftime(FORMAT)
