"""Who is at work on which open runs, so that those of a process that was killed do not stay open for ever."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from servicekit.logs import get_logger
from tracking.client.mlflow_runs import MlflowRuns, RunContent
from tracking.client.mlflow_server import MlflowRefused
from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.persistence.repository.open_runs import OpenRuns
from tracking.service.run_vocabulary import FAILURE_TAG

REASON = "Tracking or MLflow was interrupted while the run was open"

log = get_logger(__name__)


class RunClaims:
    """Claims on runs, which end with the process that made them at the latest."""

    def __init__(self, database: MlflowDatabase, runs: MlflowRuns) -> None:
        self._database = database
        self._runs = runs

    @contextmanager
    def claimed(self) -> Iterator[str]:
        """Close the runs that others left open, and give an id whose runs are left alone in the block.

        Raises:
            Unavailable: the database or the MLflow server does not answer.
        """
        optimization_id = uuid.uuid4().hex
        with self._database.holding() as session:
            open_runs = OpenRuns(session)
            open_runs.claim(optimization_id)
            self._close(open_runs.abandoned())
            yield optimization_id

    def _close(self, run_ids: Sequence[str]) -> None:
        for run_id in run_ids:
            log.warning("run was left open", run_id=run_id)
            try:
                self._runs.log(run_id, RunContent(tags={FAILURE_TAG: REASON}))
                self._runs.end(run_id, "FAILED")
            except MlflowRefused:
                log.info("run was deleted meanwhile", run_id=run_id)
