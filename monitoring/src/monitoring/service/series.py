"""Monitoring's own Prometheus series."""

from prometheus_client import CollectorRegistry, Gauge

from monitoring.service.summary import Summary


class MonitoringSeries:
    """What the last run of tests found, whichever worker process ran it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._drifted = Gauge(
            "monitoring_drifted_features",
            "Features that had drifted in the last run of data_drift.",
            ("source",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._tests = Gauge(
            "monitoring_tests",
            "Tests of the last run by how they ended.",
            ("source", "status"),
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def record(self, source: str, summary: Summary) -> None:
        """Show a run's figures."""
        for status, count in summary.count.by_status.items():
            self._tests.labels(source, status).set(count)
        if summary.drifted_features is not None:
            self._drifted.labels(source).set(len(summary.drifted_features))
