"""Prometheus series about tuning."""

from prometheus_client import CollectorRegistry, Counter, Histogram

BUCKETS_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


class TuningSeries:
    """Counts searches by model and outcome, and times those that ended well."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._searches = Counter(
            "tracking_searches", "Grid searches that ended.", ("model", "outcome"), registry=registry
        )
        self._duration = Histogram(
            "tracking_search_duration_seconds",
            "Time of a grid search with its cross-validated scores.",
            ("model",),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )

    def finished(self, model_name: str, seconds: float) -> None:
        """Count a search that found a model."""
        self._searches.labels(model_name, "finished").inc()
        self._duration.labels(model_name).observe(seconds)

    def failed(self, model_name: str) -> None:
        """Count a search that found none."""
        self._searches.labels(model_name, "failed").inc()
