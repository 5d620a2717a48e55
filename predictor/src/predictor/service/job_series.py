"""Prometheus series about training jobs and the processes that do them, read from their tables."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from jobqueue.series import job_series
from predictor.persistence.repository.open_trainings import OpenTrainings
from predictor.persistence.repository.signs_of_life import SignsOfLife
from servicekit.database import AnySession
from servicekit.state_series import StateSeries

KIND = "training"


def watch_trainings(
    state: StateSeries, sessions: Callable[[], AbstractContextManager[AnySession]], lease_seconds: int
) -> None:
    """Have training jobs shown, and how long ago worker and scheduler were seen."""

    def read() -> Iterator[Metric]:
        with sessions() as session:
            jobs = OpenTrainings(session).read(lease_seconds)
            ages = SignsOfLife(session).ages_seconds()
        yield from job_series(KIND, jobs)
        seen = GaugeMetricFamily(
            "background_process_silent_seconds",
            "Seconds since a process beside the service gave a sign of life.",
            labels=["process"],
        )
        for process, (_, seconds) in ages.items():
            seen.add_metric([process], seconds)
        yield seen

    state.add("jobs", read)
