"""MLflow's experiments."""

import re

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from tracking.persistence.model.experiment import ExperimentCount, ExperimentRecord
from tracking.persistence.repository.mlflow_tables import experiment_tags, experiments, runs

ACTIVE = "active"
OWN_TAGS = "mlflow."

_ID = re.compile(r"[0-9]{1,9}", re.ASCII)


class Experiments:
    """Finds experiments that are not deleted."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counted(self) -> list[ExperimentCount]:
        """List all experiments, the newest first, with the number of their active runs, in one query."""
        rows = self._session.execute(_counted())
        return [ExperimentCount(str(row.experiment_id), *row[1:]) for row in rows]

    def get(self, experiment_id: str) -> ExperimentRecord | None:
        """Find an experiment; an id that is not a number belongs to none."""
        if not _ID.fullmatch(experiment_id):
            return None
        wanted = select(experiments).where(
            experiments.c.experiment_id == int(experiment_id), experiments.c.lifecycle_stage == ACTIVE
        )
        row = self._session.execute(wanted).one_or_none()
        if row is None:
            return None
        return ExperimentRecord(
            experiment_id=str(row.experiment_id),
            name=row.name,
            artifact_location=row.artifact_location,
            lifecycle_stage=row.lifecycle_stage,
            creation_time=row.creation_time,
            last_update_time=row.last_update_time,
            tags=self._tags(row.experiment_id),
        )

    def lock_name(self, name: str) -> None:
        """Keep other workers from making or freeing an experiment of this name until the session ends."""
        key = func.hashtextextended(f"tracking:experiment:{name}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(key)))

    def _tags(self, experiment_id: int) -> dict[str, str | None]:
        chosen = (
            select(experiment_tags.c.key, experiment_tags.c.value)
            .where(
                experiment_tags.c.experiment_id == experiment_id,
                ~experiment_tags.c.key.startswith(OWN_TAGS, autoescape=True),
            )
            .order_by(experiment_tags.c.key)
        )
        return {row.key: row.value for row in self._session.execute(chosen)}


def _counted() -> Select[tuple[int, str, str, int]]:
    of_experiment = and_(
        runs.c.experiment_id == experiments.c.experiment_id, runs.c.lifecycle_stage == ACTIVE
    )
    return (
        select(
            experiments.c.experiment_id,
            experiments.c.name,
            experiments.c.lifecycle_stage,
            func.count(runs.c.run_uuid).label("run_count"),
        )
        .select_from(experiments.outerjoin(runs, of_experiment))
        .where(experiments.c.lifecycle_stage == ACTIVE)
        .group_by(experiments.c.experiment_id)
        .order_by(experiments.c.creation_time.desc().nulls_last(), experiments.c.experiment_id.desc())
    )
