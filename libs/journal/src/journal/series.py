"""Prometheus series about journals, read from their files, so each process of the service gives the same."""

import time
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from journal.spool import REFUSED, backlog
from servicekit.state_series import StateSeries


def watch_journal(state: StateSeries, directory: Path) -> None:
    """Have shown what the journals of a directory keep, those of ended processes among them."""
    state.add("journal", lambda: journal_series(directory))


def journal_series(directory: Path) -> Iterator[Metric]:
    """Return how much waits, for how long nothing was carried meanwhile, and how much was put aside."""
    now = time.time()
    waiting, stalled = 0, 0.0
    for left in backlog(directory):
        waiting += left.waiting_bytes
        if left.waiting_bytes:
            stalled = max(stalled, now - left.carried_at)
    refused = sum(path.stat().st_size for path in directory.glob(f"*{REFUSED}"))
    yield _gauge("journal_waiting_bytes", "Bytes of rows that were not carried to the database yet.", waiting)
    yield _gauge(
        "journal_stalled_seconds",
        "Seconds since rows were carried from the journal that waits longest; 0 where none waits.",
        stalled,
    )
    yield _gauge(
        "journal_refused_bytes", "Bytes of rows that the database refused and that were put aside.", refused
    )


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation)
    family.add_metric([], value)
    return family
