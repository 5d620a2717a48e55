"""Prometheus series about served versions, under the names that MLServer and KServe give them."""

from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary

LABELS = ("model_name", "model_version")
BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class _Children(NamedTuple):
    """The series of one version."""

    successes: Counter
    failures: Counter
    rows: Counter
    duration: Summary
    predict: Histogram


class InferenceSeries:
    """The series of one process; `servicekit` adds them up over all workers.

    The labels come from versions that are registered, never from a caller's text.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._known: dict[tuple[str, str], _Children] = {}
        self._series = _Children(
            Counter("model_infer_request_success", "Inference requests answered.", LABELS, registry=registry),
            Counter(
                "model_infer_request_failure", "Inference requests that failed.", LABELS, registry=registry
            ),
            Counter("model_infer_rows", "Rows predicted.", LABELS, registry=registry),
            Summary(
                "model_infer_request_duration", "Seconds per inference request.", LABELS, registry=registry
            ),
            Histogram(
                "request_predict_seconds",
                "Seconds per prediction request.",
                LABELS,
                buckets=BUCKETS_SECONDS,
                registry=registry,
            ),
        )

    def answered(self, model_name: str, model_version: str, rows: int, seconds: float) -> None:
        """Count an answered request with its rows and the time that it took."""
        series = self._of(model_name, model_version)
        series.successes.inc()
        series.rows.inc(rows)
        series.duration.observe(seconds)
        series.predict.observe(seconds)

    def failed(self, model_name: str, model_version: str) -> None:
        """Count a request that a version did not answer."""
        self._of(model_name, model_version).failures.inc()

    def _of(self, model_name: str, model_version: str) -> _Children:
        labels = (model_name, model_version)
        found = self._known.get(labels)
        if found is None:
            each = self._series
            found = self._known[labels] = _Children(
                each.successes.labels(*labels),
                each.failures.labels(*labels),
                each.rows.labels(*labels),
                each.duration.labels(*labels),
                each.predict.labels(*labels),
            )
        return found
