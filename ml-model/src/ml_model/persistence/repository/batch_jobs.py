"""Batches, whose every change of state is one statement with the state that it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.batch_job import BatchJob
from ml_model.persistence.model.batch_record import BatchRecord
from servicekit.database import AnySession

NOW = func.clock_timestamp()
OPEN = ("queued", "running")


@dataclass(frozen=True)
class NewBatch:
    """A batch that is asked for."""

    algorithm_id: int
    purpose: str
    order: dict[str, Any]
    asked_by: str | None


_RECORD = [getattr(BatchJob, field.name) for field in fields(BatchRecord)]


@dataclass(frozen=True)
class Claim:
    """The right to work on a batch; it ends with the next attempt."""

    batch_id: int
    attempt: int
    lease_seconds: int


class BatchJobs:
    """Adds, finds and moves batches."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, new: NewBatch) -> int:
        """Queue a batch and return its id."""
        added = insert(BatchJob).values(vars(new)).returning(BatchJob.batch_id)
        batch_id: int = self._session.execute(added).scalar_one()
        return batch_id

    def begin(self, new: NewBatch, lease_seconds: int) -> Claim:
        """Add a batch that is answered at once; the caller works on it."""
        values = vars(new) | {
            "status": "running",
            "at_once": True,
            "attempts": 1,
            "lease_until": NOW + timedelta(seconds=lease_seconds),
        }
        added = insert(BatchJob).values(values).returning(BatchJob.batch_id)
        return Claim(self._session.execute(added).scalar_one(), 1, lease_seconds)

    def get(self, batch_id: int) -> BatchRecord | None:
        """Find a batch."""
        row = self._session.execute(select(*_RECORD).where(BatchJob.batch_id == batch_id)).one_or_none()
        return None if row is None else BatchRecord(*row)

    def endpoint_of(self, batch_id: int) -> int | None:
        """Find the endpoint that a batch was sent to."""
        wanted = select(Algorithm.endpoint_id).join(BatchJob, BatchJob.algorithm_id == Algorithm.algorithm_id)
        found: int | None = self._session.execute(wanted.where(BatchJob.batch_id == batch_id)).scalar()
        return found

    def listed(self, limit: int, offset: int) -> list[BatchRecord]:
        """List batches, the newest first."""
        newest = select(*_RECORD).order_by(BatchJob.batch_id.desc()).limit(limit).offset(offset)
        return [BatchRecord(*row) for row in self._session.execute(newest)]

    def claim(self, batch_id: int, worker: str, lease_seconds: int) -> Claim | None:
        """Take a queued batch; nobody else has it from then on until it is queued again."""
        taken = self._moved(
            (BatchJob.batch_id == batch_id, BatchJob.status == "queued"),
            status="running",
            attempts=BatchJob.attempts + 1,
            worker=worker,
            lease_until=NOW + timedelta(seconds=lease_seconds),
            progress_percent=0,
            rows_predicted=0,
            rows_refused=0,
        )
        return Claim(batch_id, taken[0].attempts, lease_seconds) if taken else None

    def beat(self, claim: Claim) -> bool:
        """Show that the batch is worked on; False when it is no longer the claimant's."""
        return bool(self._moved(_held(claim), lease_until=NOW + timedelta(seconds=claim.lease_seconds)))

    def advance(self, claim: Claim, predicted: int, refused: int, percent: int) -> bool:
        """Count rows that are kept now; False when the batch is no longer the claimant's."""
        return bool(
            self._moved(
                _held(claim),
                rows_predicted=BatchJob.rows_predicted + predicted,
                rows_refused=BatchJob.rows_refused + refused,
                progress_percent=min(99, percent),
                lease_until=NOW + timedelta(seconds=claim.lease_seconds),
            )
        )

    def complete(self, claim: Claim) -> bool:
        """End a claimed batch."""
        return bool(self._moved(_held(claim), status="completed", progress_percent=100, ended_at=NOW))

    def fail(self, claim: Claim, reason: str) -> bool:
        """End a claimed batch with the reason in words."""
        return bool(self._moved(_held(claim), status="failed", reason=reason, ended_at=NOW))

    def cancel(self, batch_id: int) -> bool:
        """End a batch that is under way; a worker that has it finds its claim gone."""
        open_one = (BatchJob.batch_id == batch_id, BatchJob.status.in_(OPEN))
        return bool(self._moved(open_one, status="cancelled", ended_at=NOW))

    def end_lost(self, attempts: int) -> list[BatchRecord]:
        """End as failed what lost its worker in its last attempt, or the process that answered it."""
        last = BatchJob.at_once | (BatchJob.attempts >= attempts)
        reason = func.format(
            "The process that worked on it was lost (attempt %s); its log tells why. Send the file again.",
            BatchJob.attempts,
        )
        return self._moved((*_lost(), last), status="failed", reason=reason, ended_at=NOW)

    def queue_lost(self) -> list[BatchRecord]:
        """Queue again each batch that has lost its worker."""
        return self._moved((*_lost(), ~BatchJob.at_once), status="queued", published_at=None)

    def unpublished(self, older_than_seconds: int) -> list[BatchRecord]:
        """Find the queued batches that no message stands for, or whose message may be lost."""
        before = NOW - timedelta(seconds=older_than_seconds)
        silent = BatchJob.published_at.is_(None) | (BatchJob.published_at < before)
        wanted = select(*_RECORD).where(BatchJob.status == "queued", silent).order_by(BatchJob.batch_id)
        return [BatchRecord(*row) for row in self._session.execute(wanted)]

    def mark_published(self, batch_id: int) -> None:
        """Remember that a message for the batch was sent."""
        self._moved((BatchJob.batch_id == batch_id,), published_at=NOW)

    def _moved(self, where: Sequence[ColumnElement[bool]], **change: Any) -> list[BatchRecord]:
        statement = update(BatchJob).where(*where).values(change).returning(*_RECORD)
        rows = self._session.execute(statement.execution_options(synchronize_session=False))
        return [BatchRecord(*row) for row in rows]


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        BatchJob.batch_id == claim.batch_id,
        BatchJob.attempts == claim.attempt,
        BatchJob.status == "running",
    )


def _lost() -> tuple[ColumnElement[bool], ...]:
    return (BatchJob.status == "running", BatchJob.lease_until < NOW)
