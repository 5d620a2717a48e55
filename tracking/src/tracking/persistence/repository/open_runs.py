"""Runs that are open, and whether somebody is still at work on them."""

from sqlalchemy import Function, and_, func, select
from sqlalchemy.orm import Session

from tracking.persistence.model.run import OPTIMIZATION_TAG, RUNNING
from tracking.persistence.repository.experiments import ACTIVE
from tracking.persistence.repository.mlflow_tables import runs, tags


class OpenRuns:
    """Claims by advisory locks, which PostgreSQL drops with the process or connection that holds them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, optimization_id: str) -> None:
        """Be known as at work on an optimization's runs until the session's transaction ends."""
        self._session.execute(select(func.pg_advisory_xact_lock(_key(optimization_id))))

    def abandoned(self) -> list[str]:
        """List the open runs that nobody is at work on, claiming them until the session ends."""
        of_run = and_(tags.c.run_uuid == runs.c.run_uuid, tags.c.key == OPTIMIZATION_TAG)
        rows = self._session.execute(
            select(runs.c.run_uuid, func.pg_try_advisory_xact_lock(_key(tags.c.value)).label("free"))
            .select_from(runs.join(tags, of_run))
            .where(runs.c.status == RUNNING, runs.c.lifecycle_stage == ACTIVE)
        )
        return [row.run_uuid for row in rows if row.free]


def _key(optimization_id: object) -> Function[int]:
    return func.hashtextextended(func.concat("tracking:optimization:", optimization_id), 0)
