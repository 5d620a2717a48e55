"""Training jobs, whose every change of state is one statement with the state that it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from predictor.persistence.model.record import JobRecord
from predictor.persistence.model.training_job import LIVE, TrainingJob
from servicekit.database import AnySession

NOW = func.clock_timestamp()
_RECORD = [getattr(TrainingJob, field.name) for field in fields(JobRecord)]


@dataclass(frozen=True)
class NewJob:
    """A training that is asked for."""

    job_id: str
    database_name: str
    lookback_days: int
    model_type: str
    activate: bool
    request_id: str | None


@dataclass(frozen=True)
class Claim:
    """The right to work on a job; it ends with the next attempt."""

    job_id: str
    attempt: int


class TrainingJobs:
    """Adds, finds and moves training jobs."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, new: NewJob) -> bool:
        """Queue a job, unless one for the same is under way; say whether it was queued."""
        statement = insert(TrainingJob).values(vars(new)).on_conflict_do_nothing()
        return bool(self._session.execute(statement.returning(TrainingJob.job_id)).all())

    def get(self, job_id: str) -> JobRecord | None:
        """Find a job."""
        return self._one(TrainingJob.job_id == job_id)

    def live(self, database_name: str, lookback_days: int, model_type: str) -> JobRecord | None:
        """Find the job for the same that is under way."""
        return self._one(
            TrainingJob.database_name == database_name,
            TrainingJob.lookback_days == lookback_days,
            TrainingJob.model_type == model_type,
            TrainingJob.status.in_(LIVE),
        )

    def listed(self, limit: int, offset: int) -> list[JobRecord]:
        """List jobs, the newest first."""
        newest = select(*_RECORD).order_by(TrainingJob.queued_at.desc(), TrainingJob.job_id)
        return [JobRecord(*row) for row in self._session.execute(newest.limit(limit).offset(offset))]

    def counts(self) -> dict[str, int]:
        """Count the jobs of each state."""
        grouped = select(TrainingJob.status, func.count()).group_by(TrainingJob.status)
        return dict(self._session.execute(grouped).tuples().all())

    def claim(self, job_id: str) -> Claim | None:
        """Take a queued job; nobody else has it from then on until it is queued again."""
        taken = self._moved(
            (TrainingJob.job_id == job_id, TrainingJob.status == "queued"),
            status="training",
            attempts=TrainingJob.attempts + 1,
            started_at=func.coalesce(TrainingJob.started_at, NOW),
            heartbeat_at=NOW,
            step="starting",
            progress=0,
        )
        return Claim(job_id, taken[0].attempts) if taken else None

    def beat(self, claim: Claim, progress: int | None = None, step: str | None = None) -> bool:
        """Show that the job is worked on; False when it is no longer the claimant's."""
        change: dict[str, Any] = {"heartbeat_at": NOW}
        if step is not None:
            change |= {"progress": progress, "step": step}
        return bool(self._moved(_held(claim), **change))

    def complete(self, claim: Claim, model_id: int, samples: int) -> bool:
        """End a claimed job with its model."""
        return bool(
            self._moved(
                _held(claim),
                status="completed",
                model_id=model_id,
                samples=samples,
                progress=100,
                step="done",
                finished_at=NOW,
            )
        )

    def fail(self, claim: Claim, reason: str, samples: int | None) -> bool:
        """End a claimed job with the reason in words."""
        change = {"status": "failed", "failure": reason, "samples": samples, "finished_at": NOW}
        return bool(self._moved(_held(claim), **change))

    def cancel(self, job_id: str) -> bool:
        """End a job that is under way; a worker that has it finds its claim gone."""
        change = {"status": "cancelled", "step": "cancelled", "finished_at": NOW}
        return bool(self._moved((TrainingJob.job_id == job_id, TrainingJob.status.in_(LIVE)), **change))

    def end_lost(self, lease_seconds: int, attempts: int) -> list[JobRecord]:
        """End as failed each job that has lost its worker in its last attempt."""
        reason = func.format(
            "The worker was lost %s times while it trained; its log tells why. Train again.",
            TrainingJob.attempts,
        )
        lost = (*_lost(lease_seconds), TrainingJob.attempts >= attempts)
        return self._moved(lost, status="failed", failure=reason, finished_at=NOW)

    def queue_lost(self, lease_seconds: int) -> list[JobRecord]:
        """Queue again each job that has lost its worker."""
        return self._moved(
            _lost(lease_seconds),
            status="queued",
            step="waiting for a worker, the one before was lost",
            published_at=None,
        )

    def unpublished(self, older_than_seconds: int) -> list[JobRecord]:
        """Find the queued jobs that no message stands for, or whose message may be lost."""
        before = NOW - timedelta(seconds=older_than_seconds)
        silent = TrainingJob.published_at.is_(None) | (TrainingJob.published_at < before)
        wanted = (
            select(*_RECORD).where(TrainingJob.status == "queued", silent).order_by(TrainingJob.queued_at)
        )
        return [JobRecord(*row) for row in self._session.execute(wanted)]

    def mark_published(self, job_id: str) -> None:
        """Remember that a message for the job was sent."""
        self._moved((TrainingJob.job_id == job_id,), published_at=NOW)

    def _one(self, *where: ColumnElement[bool]) -> JobRecord | None:
        row = self._session.execute(select(*_RECORD).where(*where)).one_or_none()
        return None if row is None else JobRecord(*row)

    def _moved(self, where: Sequence[ColumnElement[bool]], **change: Any) -> list[JobRecord]:
        statement = update(TrainingJob).where(*where).values(change).returning(*_RECORD)
        rows = self._session.execute(statement.execution_options(synchronize_session=False))
        return [JobRecord(*row) for row in rows]


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        TrainingJob.job_id == claim.job_id,
        TrainingJob.attempts == claim.attempt,
        TrainingJob.status == "training",
    )


def _lost(lease_seconds: int) -> tuple[ColumnElement[bool], ...]:
    return (
        TrainingJob.status == "training",
        TrainingJob.heartbeat_at < NOW - timedelta(seconds=lease_seconds),
    )
