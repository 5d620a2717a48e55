"""Series about the service's own processes: its version, when it started, its workers, what it depends on."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge


class ProcessSeries:
    """What every service says of itself; made in the master, before the workers are forked."""

    def __init__(self, name: str, version: str, registry: CollectorRegistry) -> None:
        information = Gauge(
            "service_build_info",
            "1, with the service's name and version.",
            ("service", "version"),
            registry=registry,
            multiprocess_mode="max",
        )
        information.labels(name, version).set(1)
        started = Gauge(
            "process_start_time_seconds",
            "When the service was started, in seconds since 1970.",
            registry=registry,
            multiprocess_mode="max",
        )
        started.set(time.time())
        self._workers = Counter("service_worker_starts", "Worker processes started.", registry=registry)
        self._dependencies = Gauge(
            "service_dependency_up",
            "Whether a dependency answered when the service was last asked whether it is ready.",
            ("dependency",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def worker_started(self) -> None:
        """Count a worker process; called in it."""
        self._workers.inc()

    def asked(self, dependency: str, *, answers: bool) -> None:
        """Show whether a dependency answers."""
        self._dependencies.labels(dependency).set(answers)
