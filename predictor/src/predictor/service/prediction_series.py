"""Prometheus series about predictions and how they turned out."""

from prometheus_client import CollectorRegistry, Counter

_VERSION = "model_version"


class PredictionSeries:
    """The series of one process; `servicekit` adds them up over all workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._predictions = Counter(
            "predictor_predictions", "Predictions answered.", (_VERSION, "scenario"), registry=registry
        )
        self._validations = Counter(
            "predictor_validations",
            "Real times that became known.",
            (_VERSION, "within_interval"),
            registry=registry,
        )

    def predicted(self, model_version: str, scenario: str) -> None:
        """Count a prediction."""
        self._predictions.labels(model_version, scenario).inc()

    def validated(self, model_version: str, within_interval: bool | None) -> None:
        """Count a real time."""
        inside = {True: "yes", False: "no", None: "no interval"}[within_interval]
        self._validations.labels(model_version, inside).inc()
