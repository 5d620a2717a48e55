"""What became of one test."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["SUCCESS", "FAIL", "ERROR"]

STATUSES: tuple[Status, ...] = ("SUCCESS", "FAIL", "ERROR")


@dataclass(frozen=True)
class Outcome:
    """The result of one test.

    Args:
        group: which group of tests it belongs to.
        metric: what was measured, in Evidently's words.
        status: SUCCESS, FAIL, or ERROR where the metric could not be computed.
        description: what was found and what was expected, or why nothing could be computed.
        column: the column that was looked at, if it was one.
        label: the class that was looked at, if it was one.
    """

    group: str
    metric: str
    status: Status
    description: str
    column: str | None = None
    label: str | None = None

    @property
    def name(self) -> str:
        """Name the test within its group, the same in every run."""
        subject = self.column or self.label
        return f"{self.metric}({subject})" if subject is not None else self.metric
