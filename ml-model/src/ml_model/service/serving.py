"""Answer rows with the version that the route leads to, and keep each before it is answered."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_model.service.inference_series import InferenceSeries
from ml_model.service.request_groups import Group, row_ids
from ml_model.service.request_keeping import Record, RequestRecords, new_request_id
from ml_model.service.routing import Router, Target
from ml_model.service.served_models import ServedModels
from ml_model.service.serving_errors import InvalidInput, PredictionFailed
from ml_model.service.shadow_copies import ShadowCopies
from ml_model.serving.served_model import Explanation, Predicted, ServedModel
from ml_model.serving.signature import InputRefused
from servicekit.logs import get_logger

log = get_logger(__name__)

EVERYTHING = 1.0


@dataclass(frozen=True)
class PredictionOrder:
    """One row as a caller names it.

    Args:
        endpoint: where it goes.
        features: values by name.
        status, version: which version is meant; what the endpoint serves where both are None.
        subject: whom it is about: the same subject stays in the same arm of a test.
        explained: whether to say which features moved the answer.
    """

    endpoint: str
    features: Mapping[str, Any]
    status: str | None = None
    version: str | None = None
    subject: str | None = None
    explained: bool = False


@dataclass(frozen=True)
class Checked:
    """One row that a version can answer."""

    order: PredictionOrder
    request_id: str
    target: Target
    model: ServedModel
    row: list[Any]
    started: float


@dataclass(frozen=True)
class Answered:
    """One answered row; `kept` says whether it can be asked for again."""

    request_id: str
    target: Target
    label: Any
    probabilities: Mapping[str, float] | None
    explanation: Explanation | None
    kept: bool


@dataclass(frozen=True)
class Inferred:
    """Answered rows, in the order in which they came; probabilities float64[n, classes]."""

    request_ids: list[str]
    target: Target
    labels: list[Any]
    probabilities: NDArray[np.float64] | None
    classes: tuple[Any, ...] | None


@dataclass(frozen=True)
class Served:
    """What rows are answered with."""

    router: Router
    models: ServedModels
    records: RequestRecords
    shadows: ShadowCopies
    series: InferenceSeries


@dataclass(frozen=True)
class KeepingLimits:
    """Which rows are kept, and how.

    Args:
        share: of predictions outside of A/B tests that are kept; 1 keeps all.
        rows_as_requests: of one request that are kept one by one; more are kept as a group.
    """

    share: float = EVERYTHING
    rows_as_requests: int = 100


class Serving:
    """The use cases of answering rows.

    Args:
        parts: routes, models, and where rows are kept and counted.
        limits: which rows are kept, and how.
    """

    def __init__(self, parts: Served, limits: KeepingLimits) -> None:
        self._parts = parts
        self._limits = limits

    def predict(self, order: PredictionOrder) -> Answered:
        """Answer one row.

        Raises:
            EndpointNotFound, VersionNotFound, SeveralVersions, NothingServed, InvalidInput, PredictionFailed,
            ServedModelDamaged, JournalFull, JournalRefused, Unavailable
        """
        return self.answer(self.check(order))

    def check(self, order: PredictionOrder) -> Checked:
        """Find the version that answers and put the row in its order; changes nothing."""
        started = time.perf_counter()
        request_id = new_request_id()
        target = self._parts.router.select(
            order.endpoint, order.status, order.version, order.subject or request_id
        )
        model = self._parts.models.get(target.version)
        return Checked(order, request_id, target, model, _row(model, target, order.features), started)

    def answer(self, checked: Checked) -> Answered:
        """Predict a row and keep it."""
        order, target, model, request_id = checked.order, checked.target, checked.model, checked.request_id
        predicted = self._predicted(model, target, [checked.row], [order.features], [request_id])
        label, probabilities = next(_answers(model, predicted))
        explanation = model.explain(checked.row) if order.explained else None
        seconds = time.perf_counter() - checked.started
        kept = self._is_kept(target)
        if kept:
            record = _record(target, request_id, order.features, seconds)
            record["subject"] = order.subject
            record["response"] = label
            record["full_response"] = {"probabilities": probabilities}
            self._parts.records.keep([record])
        self._parts.series.answered(target.version.endpoint, target.version.full_name, 1, seconds)
        if target.shadows:
            self._parts.shadows.offer(target, checked.row, order.features, request_id)
        return Answered(request_id, target, label, probabilities, explanation, kept)

    def _is_kept(self, target: Target) -> bool:
        """Tell whether a row is kept: every one of a test, of others the share that is set."""
        share = EVERYTHING if target.abtest_id is not None else self._limits.share
        return share >= EVERYTHING or random() < share  # noqa: S311 - a sample

    def infer(
        self, target: Target, rows: Any, inputs: Sequence[Any] | None = None, subject: str | None = None
    ) -> Inferred:
        """Answer many rows in one pass; each is kept, with its input as given, else by the features' names.

        Each row's latency is its part of the whole.

        Raises:
            InvalidInput, PredictionFailed, ServedModelDamaged, JournalFull, JournalRefused
        """
        started = time.perf_counter()
        model = self._parts.models.get(target.version)
        grouped = inputs is None and self._is_grouped(target, model, len(rows))
        group_id = new_request_id()
        request_ids = row_ids(group_id, len(rows)) if grouped else [new_request_id() for _ in rows]
        given = [] if grouped else inputs if inputs is not None else _inputs(model, rows)
        predicted = self._predicted(model, target, rows, given, request_ids)
        seconds = time.perf_counter() - started
        if subject is None and target.abtest_id is not None:
            subject = request_ids[0]  # rows that came together are one unit of a test
        common = _record(target, group_id, None, seconds / max(1, len(request_ids))) | {"subject": subject}
        if self._is_kept(target):
            if grouped:
                self._parts.records.keep_group(common, _group(model, rows, predicted))
            else:
                self._parts.records.keep(_rows(common, request_ids, given, _answers(model, predicted)))
        version = target.version
        self._parts.series.answered(version.endpoint, version.full_name, len(request_ids), seconds)
        if target.shadows:
            for row, one, request_id in zip(rows, given, request_ids, strict=True):
                self._parts.shadows.offer(target, list(row), one, request_id)
        return Inferred(
            request_ids, target, predicted.labels, predicted.probabilities, model.signature.classes
        )

    def _is_grouped(self, target: Target, model: ServedModel, rows: int) -> bool:
        """Tell whether rows are kept as one record; tests and shadows count single ones."""
        return (
            rows > self._limits.rows_as_requests
            and model.signature.numeric
            and target.abtest_id is None
            and not target.shadows
        )

    def _predicted(
        self,
        model: ServedModel,
        target: Target,
        rows: Any,
        given: Sequence[Any],
        request_ids: Sequence[str],
    ) -> Predicted:
        try:
            return model.predict(np.asarray(rows, dtype=np.float64) if model.signature.numeric else rows)
        except InputRefused as refused:
            raise InvalidInput(target.version.full_name, refused.faults) from refused
        except Exception as fault:
            failed = _record(target, request_ids[0], given[0] if given else None, 0.0)
            failed["error"] = f"{type(fault).__name__}: {fault}"[:500]
            self._parts.records.keep([failed])
            self._parts.series.failed(target.version.endpoint, target.version.full_name)
            log.error("prediction failed", version=target.version.full_name, exc_info=fault)
            raise PredictionFailed(target.version.full_name, request_ids[0]) from fault


def _row(model: ServedModel, target: Target, features: Mapping[str, Any]) -> list[Any]:
    try:
        return model.signature.row(features)
    except InputRefused as refused:
        raise InvalidInput(target.version.full_name, refused.faults) from refused


def _inputs(model: ServedModel, rows: Any) -> list[dict[str, Any]]:
    names = model.signature.names
    listed = rows.tolist() if isinstance(rows, np.ndarray) else rows
    return [dict(zip(names, row, strict=True)) for row in listed]


def _answers(model: ServedModel, predicted: Predicted) -> Iterator[tuple[Any, dict[str, float] | None]]:
    """Give label and named probabilities of each row."""
    names = [str(label) for label in model.signature.classes or ()]
    if predicted.probabilities is None or not names:
        for label in predicted.labels:
            yield label, None
        return
    for label, row in zip(predicted.labels, predicted.probabilities.tolist(), strict=True):
        yield label, dict(zip(names, row, strict=True))


def _rows(
    common: Record, request_ids: Sequence[str], given: Sequence[Any], answers: Iterator[tuple[Any, Any]]
) -> list[Record]:
    return [
        common
        | {
            "request_id": request_id,
            "input_data": one,
            "response": label,
            "full_response": {"probabilities": probabilities},
        }
        for request_id, one, (label, probabilities) in zip(request_ids, given, answers, strict=True)
    ]


def _group(model: ServedModel, rows: Any, predicted: Predicted) -> Group:
    signature = model.signature
    classes = [str(label) for label in signature.classes or ()] or None
    table = np.asarray(rows, dtype=np.float64)
    return Group(signature.names, table, predicted.labels, classes, predicted.probabilities)


def _record(target: Target, request_id: str, given: Any, seconds: float) -> Record:
    return {
        "request_id": request_id,
        "algorithm_id": target.version.algorithm_id,
        "endpoint_id": target.version.endpoint_id,
        "purpose": target.purpose,
        "abtest_id": target.abtest_id,
        "input_data": given,
        "latency_ms": 1000.0 * seconds,
        "created_at": datetime.now(UTC).isoformat(),
    }
