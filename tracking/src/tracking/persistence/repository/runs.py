"""MLflow's runs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session

from tracking.persistence.model.run import FINISHED, RunCounts, RunRecord
from tracking.persistence.repository.experiments import ACTIVE, OWN_TAGS
from tracking.persistence.repository.mlflow_tables import latest_metrics, params, runs, tags

LARGEST_STORED = 1.7e308  # MLflow stores infinity as the largest double

_COLUMNS = (
    runs.c.run_uuid,
    runs.c.experiment_id,
    runs.c.name,
    runs.c.status,
    runs.c.start_time,
    runs.c.end_time,
)


class Runs:
    """Finds runs that are not deleted, the last ones first."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_experiment(self, experiment_id: str, limit: int | None, offset: int) -> list[RunRecord]:
        """List the runs of an experiment with their tags, the newest first."""
        page = (
            _active()
            .where(_in(experiment_id))
            .order_by(*_newest_first())
            .limit(limit)
            .offset(offset)
            .subquery()
        )
        own = tags.c.key.startswith(OWN_TAGS, autoescape=True)
        rows = self._session.execute(
            select(page, tags.c.key, tags.c.value)
            .select_from(page.outerjoin(tags, and_(tags.c.run_uuid == page.c.run_uuid, ~own)))
            .order_by(page.c.start_time.desc().nulls_last(), page.c.run_uuid, tags.c.key)
        )
        found: dict[str, RunRecord] = {}
        for row in rows:
            run = found.setdefault(row.run_uuid, _record(row))
            if row.key is not None:
                run.tags[row.key] = row.value
        return list(found.values())

    def get(self, run_id: str) -> RunRecord | None:
        """Find a run with its tags."""
        row = self._session.execute(_active().where(runs.c.run_uuid == run_id)).one_or_none()
        if row is None:
            return None
        own = tags.c.key.startswith(OWN_TAGS, autoescape=True)
        chosen = select(tags.c.key, tags.c.value).where(tags.c.run_uuid == run_id, ~own)
        record = _record(row)
        record.tags.update({row.key: row.value for row in self._session.execute(chosen)})
        return record

    def counts(self, experiment_id: str) -> RunCounts:
        """Count the runs of an experiment by status."""
        finished = and_(runs.c.status == FINISHED, runs.c.end_time > 0)
        rows = self._session.execute(
            select(
                runs.c.status,
                func.count().label("runs"),
                func.min(runs.c.start_time).label("first_started"),
                func.min(runs.c.end_time).filter(finished).label("first_finished"),
                func.max(runs.c.end_time).filter(finished).label("last_finished"),
            )
            .where(_in(experiment_id), runs.c.lifecycle_stage == ACTIVE)
            .group_by(runs.c.status)
        ).all()
        return RunCounts(
            by_status={row.status: row.runs for row in rows},
            first_started=min((row.first_started for row in rows if row.first_started), default=None),
            first_finished=min((row.first_finished for row in rows if row.first_finished), default=None),
            last_finished=max((row.last_finished for row in rows if row.last_finished), default=None),
        )

    def parameters(self, run_id: str, prefix: str) -> dict[str, str]:
        """Give a run's parameters whose name starts with the prefix, without it."""
        rows = self._session.execute(
            select(params.c.key, params.c.value)
            .where(params.c.run_uuid == run_id, params.c.key.startswith(prefix, autoescape=True))
            .order_by(params.c.key)
        )
        return {row.key.removeprefix(prefix): row.value for row in rows}

    def metrics(self, run_id: str, prefix: str) -> dict[str, float | None]:
        """Give a run's last metrics whose name starts with the prefix, without it; not-a-number is None."""
        rows = self._session.execute(
            select(latest_metrics)
            .where(
                latest_metrics.c.run_uuid == run_id,
                latest_metrics.c.key.startswith(prefix, autoescape=True),
            )
            .order_by(latest_metrics.c.key)
        )
        return {row.key.removeprefix(prefix): None if row.is_nan else row.value for row in rows}

    def finished(self, experiment_id: str, metrics: Sequence[str]) -> list[RunRecord]:
        """List an experiment's finished runs, the oldest first, with these metrics where they are finite."""
        measured = and_(
            latest_metrics.c.run_uuid == runs.c.run_uuid,
            latest_metrics.c.key.in_(metrics),
            ~latest_metrics.c.is_nan,
            func.abs(latest_metrics.c.value) < LARGEST_STORED,
        )
        rows = self._session.execute(
            select(*_COLUMNS, latest_metrics.c.key, latest_metrics.c.value)
            .select_from(runs.outerjoin(latest_metrics, measured))
            .where(_in(experiment_id), runs.c.lifecycle_stage == ACTIVE, runs.c.status == FINISHED)
            .order_by(runs.c.start_time, runs.c.run_uuid)
        )
        found: dict[str, RunRecord] = {}
        for row in rows:
            run = found.setdefault(row.run_uuid, _record(row))
            if row.key is not None:
                run.metrics[row.key] = row.value
        return list(found.values())


def _in(experiment_id: str) -> ColumnElement[bool]:
    return runs.c.experiment_id == int(experiment_id)


def _active() -> Select[Any]:
    return select(*_COLUMNS).where(runs.c.lifecycle_stage == ACTIVE)


def _newest_first() -> tuple[ColumnElement[Any], ...]:
    return runs.c.start_time.desc().nulls_last(), runs.c.run_uuid


def _record(row: Row[Any]) -> RunRecord:
    return RunRecord(
        run_id=row.run_uuid,
        experiment_id=str(row.experiment_id),
        name=row.name,
        status=row.status,
        start_time=row.start_time,
        end_time=row.end_time,
    )
