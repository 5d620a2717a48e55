"""Prometheus series about jobs and their queue, read where they stand: in Redis and in the jobs' table."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from redis import Redis

from jobqueue.queue import ONCE, PLAIN_REDIS, QueueOptions
from servicekit.state_series import StateSeries


@dataclass(frozen=True)
class OpenJobs:
    """The jobs of one kind that have not ended.

    Args:
        queued, running: how many there are.
        waiting_seconds: how long the one that waits longest for a worker has waited; 0 where none waits.
        overdue_seconds: how long the running one that is silent longest has owed a sign of life; 0 where none
            does.
        failed_lately: that failed within the last hour, among the newest 1,000.
    """

    queued: int
    running: int
    waiting_seconds: float
    overdue_seconds: float
    failed_lately: int


def watch_queue(state: StateSeries, options: QueueOptions) -> None:
    """Have the length of a queue shown, where its broker is a Redis."""
    url = options.broker.get_secret_value()
    if url.startswith(PLAIN_REDIS):
        state.add("queue", lambda: _queue(url, options.name))


def _queue(url: str, name: str) -> Iterator[Metric]:
    length = GaugeMetricFamily(
        "celery_queue_length", "Messages that wait for a worker.", labels=["queue_name"]
    )
    with Redis.from_url(url, **ONCE) as redis:
        length.add_metric([name], redis.llen(name))
    yield length


def job_series(kind: str, jobs: OpenJobs) -> Iterator[Metric]:
    """Return the series of one kind of jobs."""
    by_status = GaugeMetricFamily("background_jobs", "Jobs that have not ended.", labels=["kind", "status"])
    by_status.add_metric([kind, "queued"], jobs.queued)
    by_status.add_metric([kind, "running"], jobs.running)
    yield by_status
    yield _gauge(
        "background_job_waiting_seconds",
        "Seconds that the job which waits longest for a worker has waited.",
        (kind, jobs.waiting_seconds),
    )
    yield _gauge(
        "background_job_overdue_seconds",
        "Seconds since a running job should have given a sign of life.",
        (kind, jobs.overdue_seconds),
    )
    yield _gauge(
        "background_jobs_failed_last_hour",
        "Jobs that failed within the last hour.",
        (kind, jobs.failed_lately),
    )


def _gauge(name: str, documentation: str, value: tuple[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation, labels=["kind"])
    family.add_metric([value[0]], value[1])
    return family
