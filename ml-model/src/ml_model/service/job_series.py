"""Prometheus series about batches, read from their table."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from prometheus_client.metrics_core import Metric

from jobqueue.series import job_series
from ml_model.persistence.repository.open_batches import OpenBatches
from servicekit.database import AnySession
from servicekit.state_series import StateSeries

KIND = "batch"


def watch_batches(state: StateSeries, sessions: Callable[[], AbstractContextManager[AnySession]]) -> None:
    """Have batches shown."""

    def read() -> Iterator[Metric]:
        with sessions() as session:
            jobs = OpenBatches(session).read()
        return job_series(KIND, jobs)

    state.add("jobs", read)
