"""Answers about files of true labels."""

from pydantic import Field

from ml_model.service.bulk_feedback import FeedbackSummary
from servicekit.web.schema import Answer


class FeedbackFaultAnswer(Answer):
    """A line that was not kept."""

    line: int = Field(description="Line of a CSV file, or place in a JSON list.")
    request_id: str
    reason: str


class FeedbackFileAnswer(Answer):
    """What became of a file of true labels."""

    lines: int
    kept: int
    unchanged: int = Field(description="Lines that said what was known.")
    refused: int
    faults: list[FeedbackFaultAnswer] = Field(description="The first of the lines that were refused.")

    @classmethod
    def of(cls, summary: FeedbackSummary) -> "FeedbackFileAnswer":
        """Return the answer for a file."""
        faults = [FeedbackFaultAnswer(**vars(fault)) for fault in summary.faults]
        return cls(**(vars(summary) | {"faults": faults}))
