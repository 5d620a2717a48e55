"""The faults of a file, by line."""

from typing import Any

import numpy as np

from predictor.service.import_errors import RowsRefused

MOST_LISTED = 100


class Faults:
    """Counts every fault and lists the first by line."""

    def __init__(self) -> None:
        self._listed: list[tuple[int, int, str, str]] = []
        self._lines: set[int] = set()
        self._total = 0

    def add(self, field: str, lines: np.ndarray, reason: str) -> None:
        """Note the same fault of one field in several lines (int64, ascending)."""
        if not len(lines):
            return
        first = lines[:MOST_LISTED].tolist()
        self._listed += [(line, self._total + place, field, reason) for place, line in enumerate(first)]
        self._listed = sorted(self._listed)[:MOST_LISTED]
        self._lines.update(lines.tolist())
        self._total += len(lines)

    def refuse(self) -> None:
        """Raise RowsRefused unless there is no fault."""
        if self._total:
            raise RowsRefused(self.details, self._total, len(self._lines))

    @property
    def details(self) -> list[dict[str, Any]]:
        """The first faults, by line."""
        return [{"line": line, "field": field, "reason": reason} for line, _, field, reason in self._listed]
