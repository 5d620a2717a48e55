"""Prometheus series that are right with several worker processes.

prometheus_client keeps values in files of PROMETHEUS_MULTIPROC_DIR when that is set before it is imported;
`servicekit.serve` sees to that. Without it the values are those of this one process.
"""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from servicekit.metrics_directory import MULTIPROC_DIR
from servicekit.process_series import ProcessSeries
from servicekit.state_series import StateSeries

METRICS = "metrics"  # under which an app keeps its own
BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """The series of one app: requests here, the domain's in `registry`, those read at a scrape in `state`.

    Args:
        name, version: of the service.
    """

    def __init__(self, name: str, version: str) -> None:
        self.registry = CollectorRegistry()
        self.process = ProcessSeries(name, version, self.registry)
        self.state = StateSeries()
        self._state_registry = CollectorRegistry(auto_describe=False)
        self._state_registry.register(self.state)
        labels = ("method", "route", "status")
        self.requests = Counter("http_requests", "HTTP requests answered.", labels, registry=self.registry)
        self.duration = Histogram(
            "http_request_duration_seconds",
            "Time to answer an HTTP request.",
            labels,
            buckets=BUCKETS_SECONDS,
            registry=self.registry,
        )
        self.in_progress = Gauge(
            "http_requests_in_progress",
            "HTTP requests being answered.",
            ("method",),
            registry=self.registry,
            multiprocess_mode="livesum",
        )

        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._in_progress: dict[str, Gauge] = {}

    def in_progress_of(self, method: str) -> Gauge:
        """Give the gauge of one method."""
        found = self._in_progress.get(method)
        if found is None:
            found = self._in_progress[method] = self.in_progress.labels(method)
        return found

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        found = self._answered.get((method, route, status))
        if found is None:
            labels = (method, route, str(status))
            found = (self.requests.labels(*labels), self.duration.labels(*labels))
            self._answered[(method, route, status)] = found
        found[0].inc()
        found[1].observe(seconds)

    def exposition(self) -> bytes:
        """Return the Prometheus text of all worker processes together."""
        return self._counted() + generate_latest(self._state_registry)

    def _counted(self) -> bytes:
        directory = os.environ.get(MULTIPROC_DIR)
        if not directory:
            return generate_latest(self.registry)
        forget_dead_processes(Path(directory))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=directory)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def forget_dead_processes(directory: Path) -> None:
    """Drop the live gauges of processes that were killed before they could say so."""
    for file in directory.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not _alive(pid):
            mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
