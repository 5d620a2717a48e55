"""Change what versions are used for, with a history, and go back to the version before."""

from dataclasses import dataclass
from typing import Any

from ml_model.persistence.model.registry_record import AlgorithmRecord, EndpointRecord, StatusRecord
from ml_model.persistence.repository.algorithm_statuses import PRODUCTION, AlgorithmStatuses, NewStatus
from ml_model.persistence.repository.algorithms import Algorithms
from ml_model.persistence.repository.endpoints import Endpoints
from ml_model.service.candidates import tried
from ml_model.service.registry_errors import (
    ModelDoesNotAnswer,
    NothingToRollBackTo,
    StatusNeedsTest,
    TestRuns,
    UnknownAlgorithm,
    VersionInTest,
)
from ml_model.service.route_map import Version
from ml_model.service.routing import Router
from ml_model.service.served_models import ServedModels
from ml_model.service.serving_errors import ServedModelDamaged
from ml_model.serving.answers import DamagedModel
from ml_model.serving.signature import InputRefused
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

TESTING = "testing"
AB_TESTING = "ab_testing"
ROLLBACK = "rolled_back_from"


@dataclass(frozen=True)
class StatusOrder:
    """A status that a version is to have: who wants it, why, and what speaks for it."""

    algorithm_id: int
    status: str
    created_by: str
    reason: str = ""
    evidence: dict[str, Any] | None = None


@dataclass(frozen=True)
class Changed:
    """The entry that is active now, and whether it is new."""

    status: StatusRecord
    created: bool


class StatusChange:
    """The use cases of changing statuses."""

    def __init__(self, session: AnySession, models: ServedModels, router: Router) -> None:
        self._session = session
        self._models = models
        self._router = router

    def change(self, order: StatusOrder) -> Changed:
        """Give a version a status, after it answered its input example; the same again changes nothing.

        Raises:
            StatusNeedsTest, UnknownAlgorithm, VersionInTest, ModelDoesNotAnswer
        """
        if order.status == AB_TESTING:
            raise StatusNeedsTest
        with transaction(self._session):
            algorithm = _algorithm(self._session, order.algorithm_id)
        self._try(algorithm)
        with transaction(self._session):
            Endpoints(self._session).lock(algorithm.endpoint_id)
            changed = self._changed(algorithm, order)
        if changed.created:
            self._router.changed()
            log.info("status changed", version=algorithm.full_name, status=order.status)
        return changed

    def roll_back(self, endpoint: EndpointRecord, created_by: str, reason: str) -> StatusRecord:
        """Put the version in production that was there before; another time goes back further.

        Raises:
            NothingToRollBackTo, TestRuns, ModelDoesNotAnswer
        """
        with transaction(self._session):
            found = self._before(endpoint)
        self._try(found)
        with transaction(self._session):
            Endpoints(self._session).lock(endpoint.endpoint_id)
            algorithm = self._before(endpoint)
            current = AlgorithmStatuses(self._session).in_production(endpoint.endpoint_id)
            evidence = {ROLLBACK: None if current is None else current.algorithm_id}
            order = StatusOrder(
                algorithm.algorithm_id, PRODUCTION, created_by, reason or "rollback", evidence
            )
            status = put_status(self._session, algorithm, order)
        self._router.changed()
        log.info("rolled back", endpoint=endpoint.name, version=algorithm.full_name)
        return status

    def _changed(self, algorithm: AlgorithmRecord, order: StatusOrder) -> Changed:
        test = Algorithms(self._session).running_test_with(algorithm.algorithm_id)
        if test is not None:
            raise VersionInTest(algorithm.full_name, test)
        active = AlgorithmStatuses(self._session).active(algorithm.algorithm_id)
        if active is not None and active.status == order.status:
            return Changed(active, created=False)
        return Changed(put_status(self._session, algorithm, order), created=True)

    def _before(self, endpoint: EndpointRecord) -> AlgorithmRecord:
        test = Algorithms(self._session).running_test(endpoint.endpoint_id)
        if test is not None:
            raise TestRuns(endpoint.name, test)
        entries = AlgorithmStatuses(self._session).production(endpoint.endpoint_id)
        order = in_order(entries)
        if entries and any(entry.active for entry in entries):
            order = order[:-1]
        if not order:
            raise NothingToRollBackTo(endpoint.name)
        return _algorithm(self._session, order[-1])

    def _try(self, algorithm: AlgorithmRecord) -> None:
        try:
            tried(self._models.get(version_of(algorithm)), algorithm.input_example)
        except (ServedModelDamaged, DamagedModel, InputRefused) as fault:
            raise ModelDoesNotAnswer(algorithm.full_name, str(fault).rstrip(".")) from fault


def put_status(session: AnySession, algorithm: AlgorithmRecord, order: StatusOrder) -> StatusRecord:
    """Append an entry, in the caller's transaction; who was in production goes to testing."""
    statuses = AlgorithmStatuses(session)
    current = statuses.in_production(algorithm.endpoint_id)
    if order.status == PRODUCTION and current is not None and current.algorithm_id != algorithm.algorithm_id:
        reason = f"{algorithm.full_name} took its place in production"
        statuses.put(NewStatus(current.algorithm_id, current.endpoint_id, TESTING, order.created_by, reason))
    new = NewStatus(
        algorithm.algorithm_id,
        algorithm.endpoint_id,
        order.status,
        order.created_by,
        order.reason,
        order.evidence,
    )
    added = statuses.get(statuses.put(new))
    if added is None:
        raise LookupError(f"version {algorithm.algorithm_id} has no status though one was added")
    return added


def in_order(entries: list[StatusRecord]) -> list[int]:
    """List the versions that were in production one after the other, without those rolled back from."""
    order: list[int] = []
    for entry in entries:
        if ROLLBACK in (entry.evidence or {}):
            while order and order[-1] != entry.algorithm_id:
                order.pop()
        if not order or order[-1] != entry.algorithm_id:
            order.append(entry.algorithm_id)
    return order


def version_of(algorithm: AlgorithmRecord) -> Version:
    """Give a version as the models on the hot path are asked for."""
    return Version(
        algorithm_id=algorithm.algorithm_id,
        endpoint_id=algorithm.endpoint_id,
        endpoint=algorithm.endpoint,
        name=algorithm.name,
        version=algorithm.version,
        number=algorithm.number,
        status=algorithm.status,
        signature=algorithm.signature,
        model_sha256=algorithm.model_sha256,
        compiled_sha256=algorithm.compiled_sha256,
    )


def _algorithm(session: AnySession, algorithm_id: int) -> AlgorithmRecord:
    found = Algorithms(session).get(algorithm_id)
    if found is None:
        raise UnknownAlgorithm(str(algorithm_id))
    return found
