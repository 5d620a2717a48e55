"""Begin an A/B test, look at it, stop it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ml_model.persistence.model.ab_test_record import ABTestFilter, ABTestRecord, ArmRecord
from ml_model.persistence.model.registry_record import AlgorithmRecord
from ml_model.persistence.repository.ab_tests import ABTests, NewABTest
from ml_model.persistence.repository.algorithm_statuses import AlgorithmStatuses
from ml_model.persistence.repository.algorithms import Algorithms
from ml_model.persistence.repository.arm_statuses import ArmStatuses, StatusChange
from ml_model.persistence.repository.endpoints import Endpoints
from ml_model.service.ab_decisions import Decide, Outcome, Stopped, decide
from ml_model.service.ab_errors import (
    ABTestEndedOtherwise,
    ABTestNotFound,
    ABTestRuns,
    ArmsOfSeveralEndpoints,
    ArmsOfSeveralInputs,
    ControlIsNoArm,
    UnknownVersions,
)
from ml_model.service.ab_reports import report
from ml_model.service.request_keeping import RequestRecords
from ml_model.service.routing import Router
from ml_model.serving.signature import Signature
from ml_model.serving.verdict import Rules
from ml_model.utils.numbers import row_number
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class ABTestOrder:
    """A test that is asked for; `shares` are in per cent, by version, in the order of the arms."""

    title: str
    created_by: str
    shares: dict[int, float]
    rules: Rules
    control: int | None = None


@dataclass(frozen=True)
class ABTestView:
    """A test with its arms, and what it looks like where that was asked for."""

    test: ABTestRecord
    arms: tuple[ArmRecord, ...]
    report: dict[str, Any] | None = None


@dataclass(frozen=True)
class ABTestPage:
    """Some of the tests, and the number of all."""

    tests: tuple[ABTestView, ...]
    total: int


class ABTesting:
    """The use cases around A/B tests."""

    def __init__(self, session: AnySession, router: Router, records: RequestRecords) -> None:
        self._session = session
        self._router = router
        self._records = records

    def create(self, order: ABTestOrder) -> ABTestView:
        """Begin a test: from now on its arms share the endpoint's traffic.

        Raises:
            UnknownVersions, ArmsOfSeveralEndpoints, ArmsOfSeveralInputs, ControlIsNoArm, ABTestRuns
        """
        with transaction(self._session):
            endpoint_id = _checked(self._versions(order.shares), order)
            Endpoints(self._session).lock(endpoint_id)
            arms = self._versions(order.shares)
            running = ABTests(self._session).running(endpoint_id)
            if running is not None:
                raise ABTestRuns(next(iter(arms.values())).endpoint, running)
            view = self._view(str(self._begin(order, endpoint_id, arms)))
        self._router.changed()
        log.info("a/b test began", abtest_id=view.test.abtest_id, endpoint=view.test.endpoint)
        return view

    def listed(self, wanted: ABTestFilter, limit: int, offset: int) -> ABTestPage:
        """List tests, the newest first."""
        with transaction(self._session):
            tests = ABTests(self._session)
            found = tests.listed(wanted, limit, offset)
            arms = tests.arms([test.abtest_id for test in found])
            views = tuple(ABTestView(test, tuple(arms[test.abtest_id])) for test in found)
            return ABTestPage(views, tests.count(wanted))

    def get(self, abtest_id: str) -> ABTestView:
        """Give a test with its report: of this moment while it runs, else of the moment when it was stopped.

        Raises:
            ABTestNotFound
        """
        self._records.flush()
        with transaction(self._session):
            return self._reported(self._view(abtest_id))

    def stop(self, abtest_id: str, how: Decide | None, by: str) -> ABTestView:
        """Stop a test and give its versions the statuses that follow; a stopped one is answered as it is.

        Raises:
            ABTestNotFound, ABTestEndedOtherwise
        """
        self._records.flush()
        with transaction(self._session):
            Endpoints(self._session).lock(self._view(abtest_id).test.endpoint_id)
            view = self._reported(self._view(abtest_id))
            if view.test.ended_at is not None:
                return _as_asked(view, how)
            self._end(view, how or "verdict", by)
            ended = self._reported(self._view(abtest_id))
        self._router.changed()
        log.info("a/b test ended", abtest_id=ended.test.abtest_id, endpoint=ended.test.endpoint)
        return ended

    def _begin(self, order: ABTestOrder, endpoint_id: int, arms: dict[int, AlgorithmRecord]) -> int:
        in_production = (each for each, arm in arms.items() if arm.status == "production")
        control = order.control or next(in_production, next(iter(order.shares)))
        new = NewABTest(
            endpoint_id=endpoint_id,
            title=order.title,
            created_by=order.created_by,
            rules=asdict(order.rules) | {"control": control},
            before={str(each): arms[each].status for each in order.shares},
            shares=order.shares,
        )
        abtest_id = ABTests(self._session).add(new)
        change = StatusChange(order.created_by, f"A/B test {abtest_id} began: {order.title}")
        ArmStatuses(self._session).put(endpoint_id, dict.fromkeys(order.shares, "ab_testing"), change)
        return abtest_id

    def _end(self, view: ABTestView, how: Decide, by: str) -> None:
        outcome = self._outcome(view, how)
        test, seen = view.test, view.report or {}
        kept = seen | {"outcome": {"decide": how, "promoted": outcome.promoted, "statuses": outcome.statuses}}
        change = StatusChange(
            by, f"A/B test {test.abtest_id} ended: {outcome.summary}", {"abtest": test.abtest_id, **kept}
        )
        ArmStatuses(self._session).put(test.endpoint_id, outcome.statuses, change)
        ABTests(self._session).end(test.abtest_id, by, outcome.summary, kept)

    def _outcome(self, view: ABTestView, how: Decide) -> Outcome:
        endpoint_id = view.test.endpoint_id
        stopped = Stopped(
            report=view.report or {},
            before={int(each): status for each, status in view.test.before.items()},
            arms=self._versions([arm.algorithm_id for arm in view.arms]),
            production=AlgorithmStatuses(self._session).in_production(endpoint_id),
        )
        return decide(stopped, how)

    def _versions(self, algorithm_ids: Iterable[int]) -> dict[int, AlgorithmRecord]:
        algorithms = Algorithms(self._session)
        found = (algorithms.get(algorithm_id) for algorithm_id in algorithm_ids)
        return {version.algorithm_id: version for version in found if version is not None}

    def _view(self, abtest_id: str) -> ABTestView:
        number = row_number(abtest_id)
        tests = ABTests(self._session)
        test = None if number is None else tests.get(number)
        if test is None:
            raise ABTestNotFound(abtest_id)
        return ABTestView(test, tuple(tests.arms([test.abtest_id])[test.abtest_id]))

    def _reported(self, view: ABTestView) -> ABTestView:
        seen = view.test.report or report(self._session, view.test, view.arms)
        return ABTestView(view.test, view.arms, seen)


def _checked(arms: dict[int, AlgorithmRecord], order: ABTestOrder) -> int:
    unknown = [each for each in order.shares if each not in arms]
    if unknown:
        raise UnknownVersions(unknown)
    endpoints = {each: arms[each].endpoint for each in order.shares}
    if len(set(endpoints.values())) > 1:
        raise ArmsOfSeveralEndpoints(endpoints)
    if order.control is not None and order.control not in order.shares:
        raise ControlIsNoArm(order.control)
    _check_inputs([arms[each] for each in order.shares])
    return next(iter(arms.values())).endpoint_id


def _check_inputs(arms: Sequence[AlgorithmRecord]) -> None:
    first, *others = arms
    names = set(Signature.read(first.signature).names)
    for other in others:
        different = names ^ set(Signature.read(other.signature).names)
        if different:
            raise ArmsOfSeveralInputs(first.full_name, other.full_name, sorted(different))


def _as_asked(view: ABTestView, how: Decide | None) -> ABTestView:
    decided = ((view.test.report or {}).get("outcome") or {}).get("decide")
    if how is not None and how != decided:
        raise ABTestEndedOtherwise(view.test.abtest_id, str(decided))
    return view
