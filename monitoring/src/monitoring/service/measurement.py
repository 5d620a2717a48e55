"""Runs Evidently's metrics on a comparison, one at a time."""

from dataclasses import dataclass
from typing import Any

from evidently import Report
from evidently.core.metric_types import Metric, MetricResult
from evidently.core.report import Context, ReferenceMetricNotFound

from monitoring.service.comparison import Comparison
from monitoring.service.evidently_dataset import evidently_dataset
from servicekit.logs import get_logger

log = get_logger(__name__)

# What Evidently, pandas and scipy raise on data that they cannot work with.
FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    ReferenceMetricNotFound,
)
_NOT_SETTINGS = {"type", "tests", "share_tests", "count_tests"}


class MetricFailed(Exception):
    """A metric could not be computed on these sets."""


@dataclass(frozen=True)
class Measured:
    """What a metric found.

    Args:
        identifier: Evidently's fingerprint of the metric.
        value: of the current set: a number, or a mapping of numbers.
        reference: the same of the reference, where the metric gives one.
        status: of Evidently's own test of this metric, where it has one.
        settings: of the metric, with what Evidently chose itself.
    """

    identifier: str
    value: Any
    reference: Any
    status: str | None
    settings: dict[str, Any]


class Measurement:
    """Evidently on one comparison; a metric that two groups share is computed once.

    Metrics are calculated one by one and not by `Report.run`, so that one that fails leaves the others
    alone. Dataset-wide metrics see the features without target and prediction, which would count as
    duplicated columns whenever the model is right.
    """

    def __init__(self, comparison: Comparison) -> None:
        self._whole = _context(comparison, with_labels=True)
        self._features = _context(comparison, with_labels=False)

    def of(self, metric: Metric, features_only: bool = False) -> Measured:
        """Compute a metric.

        Raises:
            MetricFailed: with the library's reason.
        """
        context = self._features if features_only else self._whole
        calculation = metric.to_calculation()
        try:
            result = context.calculate_metric(calculation)
        except FAULTS as fault:
            log.warning("metric failed", metric=type(metric).__name__, reason=repr(fault))
            raise MetricFailed(f"{type(fault).__name__}: {fault}") from fault
        return _measured(result, _reference(context, calculation.id))


def _context(comparison: Comparison, with_labels: bool) -> Context:
    # `include_tests` makes Evidently judge drift itself, with the test that it chose.
    context = Context(Report([], include_tests=True))
    context.init_dataset(
        evidently_dataset(comparison, comparison.current, with_labels),
        evidently_dataset(comparison, comparison.reference, with_labels),
    )
    return context


def _reference(context: Context, identifier: str) -> MetricResult | None:
    try:
        return context.get_reference_metric_result(identifier)
    except ReferenceMetricNotFound:
        return None


def _measured(result: MetricResult, reference: MetricResult | None) -> Measured:
    document = result.to_dict()
    return Measured(
        identifier=document["id"],
        value=document["value"],
        reference=None if reference is None else reference.to_simple_dict(),
        status=str(result.tests[0].status.value) if result.tests else None,
        settings={key: value for key, value in document["config"].items() if key not in _NOT_SETTINGS},
    )
