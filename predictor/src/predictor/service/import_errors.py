"""What can be wrong with a file of history."""

from collections.abc import Collection, Sequence
from typing import Any

from servicekit.errors import Invalid, TooLarge


class FileTooLarge(TooLarge):
    """More bytes than one import takes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Send a file of at most {most} bytes (PREDICTOR_MAX_IMPORT_BYTES), or several.")


class TooManyRows(Invalid):
    """More rows than one import takes."""

    error = "Too many rows"

    def __init__(self, most: int) -> None:
        super().__init__(f"Send a file of at most {most} rows (PREDICTOR_MAX_IMPORT_ROWS), or several.")


class UnreadableFile(Invalid):
    """Neither CSV nor Parquet, or damaged."""

    error = "Unreadable file"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file cannot be read as CSV (UTF-8, comma, header) or Parquet: {reason}.")


class WrongColumns(Invalid):
    """Columns that are unknown, missing or named twice."""

    error = "Wrong columns"

    def __init__(self, faults: Sequence[tuple[str, str]], known: Collection[str]) -> None:
        details: list[dict[str, Any]] = [{"field": name[:100], "reason": reason} for name, reason in faults]
        listed = "; ".join(f"{detail['field']!r} {detail['reason']}" for detail in details[:20])
        super().__init__(f"Correct the columns: {listed}. There are: {', '.join(known)}.", details[:100])


class RowsRefused(Invalid):
    """Rows with values that cannot be kept; nothing was loaded."""

    error = "Rows refused"

    def __init__(self, details: Sequence[dict[str, Any]], faults: int, rows: int) -> None:
        first = details[0]
        shown = "" if faults <= len(details) else f" The first {len(details)} faults are listed."
        super().__init__(
            f"Nothing was loaded: {rows} row{'s' if rows > 1 else ''} cannot be kept, with {faults} "
            f"fault{'s' if faults > 1 else ''}; the first is in line {first['line']}, {first['field']}: "
            f"{first['reason']}.{shown}",
            details,
        )
