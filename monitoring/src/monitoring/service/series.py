"""Monitoring's own Prometheus series."""

import time
from typing import get_args

from prometheus_client import CollectorRegistry, Gauge

from monitoring.service.summary import Summary
from monitoring.service.verdict import VerdictStatus


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
        self._verdict = Gauge(
            "monitoring_verdict",
            "1 for the verdict of the last run of tests, 0 for the others.",
            ("source", "verdict"),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._ran_at = Gauge(
            "monitoring_last_run_timestamp_seconds",
            "When tests ran last, in seconds since 1970.",
            ("source",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def record(self, source: str, summary: Summary) -> None:
        """Show a run's figures."""
        for status, count in summary.count.by_status.items():
            self._tests.labels(source, status).set(count)
        if summary.drifted_features is not None:
            self._drifted.labels(source).set(len(summary.drifted_features))
        for status in get_args(VerdictStatus):
            self._verdict.labels(source, status).set(status == summary.verdict.status)
        self._ran_at.labels(source).set(time.time())
