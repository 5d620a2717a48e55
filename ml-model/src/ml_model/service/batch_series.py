"""Prometheus series about rows of files."""

from prometheus_client import CollectorRegistry, Counter

from ml_model.service.batch_keeping import Scored


class BatchSeries:
    """The series of one process; `servicekit` adds them up over all workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("model_name", "model_version", "outcome")
        self._rows = Counter(
            "model_batch_rows", "Rows of files, predicted or refused.", labels, registry=registry
        )

    def predicted(self, model_name: str, model_version: str, block: Scored) -> None:
        """Count a block that is kept."""
        good = block.table.num_rows - block.refused
        self._rows.labels(model_name, model_version, "predicted").inc(good)
        self._rows.labels(model_name, model_version, "refused").inc(block.refused)
