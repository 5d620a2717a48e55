"""Prometheus series about the model: what was deployed, trained, predicted, and how well."""

from dataclasses import asdict

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ml_model.persistence.model.record import EvaluationRecord

FIT_BUCKETS_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)


class ModelSeries:
    """The series of one process; `servicekit` adds them up over all workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._score = Gauge(
            "ml_model_score",
            "Score of the latest training or evaluation on a set, 0 to 1.",
            ("source", "dataset", "metric"),
            registry=registry,
            # Each worker sets it for the sets that it scored: only the last to do so is right.
            multiprocess_mode="mostrecent",
        )
        self._predictions = Counter(
            "ml_model_predictions",
            "Samples predicted.",
            ("source", "dataset", "model_name"),
            registry=registry,
        )
        self._deployments = Counter(
            "ml_model_deployments", "Models deployed.", ("model_name",), registry=registry
        )
        self._fit_duration = Histogram(
            "ml_model_fit_duration_seconds",
            "Time to fit a model on the training set.",
            ("model_name",),
            buckets=FIT_BUCKETS_SECONDS,
            registry=registry,
        )

    def deployed(self, model_name: str) -> None:
        """Count a deployment."""
        self._deployments.labels(model_name).inc()

    def fitted(self, model_name: str, seconds: float) -> None:
        """Record how long a fit took."""
        self._fit_duration.labels(model_name).observe(seconds)

    def scored(self, model_name: str, evaluation: EvaluationRecord) -> None:
        """Count predictions and show their scores."""
        place = (evaluation.source, evaluation.dataset)
        self._predictions.labels(*place, model_name).inc(evaluation.samples)
        for metric, value in asdict(evaluation.scores).items():
            self._score.labels(*place, metric).set(value)
