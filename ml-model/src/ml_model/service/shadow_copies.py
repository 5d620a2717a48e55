"""Copies of answered requests for versions in the shadow: made beside requests, never before the answer."""

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from prometheus_client import CollectorRegistry, Counter

from ml_model.service.request_keeping import Record, RequestRecords, new_request_id
from ml_model.service.route_map import Target, Version
from ml_model.service.served_models import ServedModels
from ml_model.serving.assignment import assign
from ml_model.serving.signature import Signature
from servicekit.logs import get_logger

log = get_logger(__name__)

Context = Callable[[], AbstractContextManager[Any]]

SHADOW = "shadow"
MOST_TOGETHER = 64
LONGEST_REASON = 500


@dataclass(frozen=True)
class _Copy:
    """One request that a version in the shadow is to answer too."""

    version: Version
    row: Sequence[Any] | None
    input_data: Mapping[str, Any]
    request_id: str


class ShadowCopies:
    """A bounded queue and one thread in each process, which begins with the first copy.

    A copy that finds the queue full is dropped and counted; one that waits when the process ends is lost.

    Args:
        models: loads the versions.
        records: keeps what they answer.
        capacity: how many copies may wait.
        registry: of the process's series.
        context: in which models are read, as the thread has no request.
    """

    def __init__(
        self,
        models: ServedModels,
        records: RequestRecords,
        capacity: int,
        registry: CollectorRegistry,
        context: Context,
    ) -> None:
        self._models = models
        self._records = records
        self._capacity = capacity
        self._context = context
        self._lock = threading.Lock()
        self._owner = 0
        self._waiting: queue.Queue[_Copy] = queue.Queue(capacity)
        labels = ("model_name", "model_version")
        self._kept = Counter(
            "ml_model_shadow_copies", "Copies predicted and kept.", labels, registry=registry
        )
        self._dropped = Counter(
            "ml_model_shadow_copies_dropped", "Copies dropped: too many waited.", labels, registry=registry
        )
        self._failed = Counter(
            "ml_model_shadow_copies_failed", "Copies that could not be kept.", labels, registry=registry
        )

    def offer(
        self, target: Target, row: Sequence[Any], input_data: Mapping[str, Any], request_id: str
    ) -> None:
        """Have the shadows of a target answer its request too; returns at once and never raises."""
        for shadow in target.shadows:
            version = shadow.version
            if version.algorithm_id == target.version.algorithm_id:
                continue
            if assign(version.algorithm_id, (shadow.share, 100 - shadow.share), request_id) != 0:
                continue
            fitting = row if version.signature["fields"] == target.version.signature["fields"] else None
            self._put(_Copy(version, fitting, input_data, request_id))

    def drain(self) -> None:
        """Wait until every copy that was offered in this process was dealt with."""
        self._waiting.join()

    def _put(self, copy: _Copy) -> None:
        if self._owner != os.getpid():
            self._begin()
        try:
            self._waiting.put_nowait(copy)
        except queue.Full:
            self._dropped.labels(*_labels(copy.version)).inc()

    def _begin(self) -> None:
        """Begin anew in this process: a queue that came over a fork has no thread behind it."""
        with self._lock:
            if self._owner != os.getpid():
                self._waiting = queue.Queue(self._capacity)
                threading.Thread(target=self._work, args=(self._waiting,), name=SHADOW, daemon=True).start()
                self._owner = os.getpid()

    def _work(self, waiting: "queue.Queue[_Copy]") -> None:
        while True:
            copies = [waiting.get()]
            while len(copies) < MOST_TOGETHER and not waiting.empty():
                copies.append(waiting.get())
            try:
                self._answer(copies)
            except Exception as fault:  # noqa: BLE001 - the thread must outlive whatever a copy meets
                log.warning(
                    "shadow copies lost", copies=len(copies), reason=f"{type(fault).__name__}: {fault}"
                )
                for copy in copies:
                    self._failed.labels(*_labels(copy.version)).inc()
            finally:
                for _ in copies:
                    waiting.task_done()

    def _answer(self, copies: Sequence[_Copy]) -> None:
        with self._context():
            self._records.keep([self._record(copy) for copy in copies])
        for copy in copies:
            labels = _labels(copy.version)
            self._kept.labels(*labels).inc()
            for others in (self._dropped, self._failed):  # shown as 0 until the first one
                others.labels(*labels)

    def _record(self, copy: _Copy) -> Record:
        record: Record = {
            "request_id": new_request_id(),
            "algorithm_id": copy.version.algorithm_id,
            "endpoint_id": copy.version.endpoint_id,
            "purpose": SHADOW,
            "shadow_of": copy.request_id,
            "input_data": copy.input_data,
            "created_at": datetime.now(UTC).isoformat(),
        }
        started = time.perf_counter()
        try:
            record |= self._predicted(copy)
            record["latency_ms"] = 1000 * (time.perf_counter() - started)
        except Exception as fault:  # noqa: BLE001 - that a version fails is what its shadow is to show
            record["error"] = _told(fault)
            record["latency_ms"] = 0.0
        return record

    def _predicted(self, copy: _Copy) -> Record:
        model = self._models.get(copy.version)
        signature: Signature = model.signature
        row = copy.row if copy.row is not None else signature.row(copy.input_data)
        predicted = model.predict(np.asarray([row], dtype=np.float64) if signature.numeric else [list(row)])
        probabilities = None
        if predicted.probabilities is not None and signature.classes is not None:
            shares = predicted.probabilities[0].tolist()
            probabilities = dict(zip(map(str, signature.classes), shares, strict=True))
        return {"response": predicted.labels[0], "full_response": {"probabilities": probabilities}}


def _labels(version: Version) -> tuple[str, str]:
    return version.endpoint, version.full_name


def _told(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:LONGEST_REASON]
