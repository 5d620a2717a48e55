"""Keep the true labels of many requests; what is wrong with a line keeps no other from being kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from ml_model.persistence.repository.bulk_feedback import BulkFeedback, HeldFeedback
from ml_model.service.bulk_feedback_errors import FeedbackFileRefused
from ml_model.service.feedback import same
from ml_model.service.request_keeping import RequestRecords
from ml_model.tabular.faults import FileRefused
from ml_model.tabular.feedback_lines import FeedbackLine, feedback_lines
from servicekit.database import AnySession, transaction

LINES_AT_ONCE = 5_000
MOST_NAMED = 1_000


@dataclass(frozen=True)
class FeedbackFault:
    """A line that was not kept."""

    line: int
    request_id: str
    reason: str


@dataclass
class FeedbackSummary:
    """What became of a file."""

    lines: int = 0
    kept: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[FeedbackFault] = field(default_factory=list)

    def refuse(self, line: FeedbackLine, reason: str) -> None:
        """Count a line that is not kept, and name it while there are few."""
        self.refused += 1
        if len(self.faults) < MOST_NAMED:
            self.faults.append(FeedbackFault(line.line, line.request_id[:200], reason))


class FeedbackImport:
    """The use case of a file of true labels.

    Args:
        session: of the dataset database.
        records: find what is not in the table yet.
    """

    def __init__(self, session: AnySession, records: RequestRecords) -> None:
        self._session = session
        self._records = records

    def load(self, file: IO[bytes]) -> FeedbackSummary:
        """Keep what the file says; each part of it in a transaction. The same file again changes nothing.

        Raises:
            FeedbackFileRefused
        """
        self._records.flush()
        summary = FeedbackSummary()
        try:
            lines = feedback_lines(file)
            while part := list(islice(lines, LINES_AT_ONCE)):
                self._keep(part, summary)
        except FileRefused as fault:
            raise FeedbackFileRefused(fault) from fault
        return summary

    def _keep(self, lines: Sequence[FeedbackLine], summary: FeedbackSummary) -> None:
        ids = sorted({line.request_id for line in lines if line.fault is None})
        with transaction(self._session):
            self._records.bring_carried(ids)
            feedback = BulkFeedback(self._session)
            held = feedback.held(ids)
            classes = feedback.classes(sorted({one.algorithm_id for one in held.values()}))
            given: dict[str, Any] = {}
            for line, label in self._accepted(lines, held, classes, summary):
                given[line.request_id] = label
                held[line.request_id] = HeldFeedback(held[line.request_id].algorithm_id, label, True)  # noqa: FBT003
            if given:
                feedback.give(given)
        summary.lines += len(lines)

    def _accepted(
        self,
        lines: Sequence[FeedbackLine],
        held: dict[str, HeldFeedback],
        classes: dict[int, list[Any] | None],
        summary: FeedbackSummary,
    ) -> Iterator[tuple[FeedbackLine, Any]]:
        for line in lines:
            known = held.get(line.request_id)
            if line.fault is not None or known is None:
                summary.refuse(line, line.fault or "there is no such request")
                continue
            labels = classes.get(known.algorithm_id)
            label = _label(line, labels)
            if label is None:
                listed = ", ".join(repr(one) for one in (labels or [])[:20]) or "a finite number"
                summary.refuse(line, f"feedback must be one of: {listed}")
            elif known.is_given and same(known.feedback, label):
                summary.unchanged += 1
            elif known.is_given and not line.replace:
                summary.refuse(line, f"feedback is {known.feedback!r} already; replace must be true")
            else:
                summary.kept += 1
                yield line, label


def _label(line: FeedbackLine, classes: list[Any] | None) -> Any:
    """Return the label that a line means; None where the version gives no such label."""
    if classes is None:
        return _number(line.label) if line.as_text else line.label
    for label in classes:
        if same(label, line.label) or (line.as_text and _stands_for(line.label, label)):
            return label
    return None


def _stands_for(given: str, label: Any) -> bool:
    if isinstance(label, bool):
        return given.strip().lower() == str(label).lower()
    number = _number(given)
    if isinstance(label, str) or isinstance(number, str):
        return given.strip() == str(label)
    return bool(number == label)


def _number(given: str) -> float | int | str | None:
    """Return text as the number that it is; None for what is not finite."""
    try:
        number = float(given)
    except ValueError:
        return given
    if number - number != 0:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
