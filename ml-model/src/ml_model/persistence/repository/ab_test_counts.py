"""What came of the requests of an A/B test, counted by the database."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from ml_model.persistence.model.ab_test_record import ArmSums
from ml_model.persistence.model.served_request import ServedRequest as Request
from servicekit.database import AnySession

_LABELLED = Request.feedback.is_not(None)
_CORRECT = _LABELLED & func.coalesce(Request.response == Request.feedback, False)


class ABTestCounts:
    """Counts requests, feedback, errors and latencies of each arm, and feedback by subject."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def of(self, abtest_id: int) -> dict[int, ArmSums]:
        """Count what was answered in a test, by version; shadow copies do not count."""
        ours = (Request.abtest_id == abtest_id) & (Request.purpose == "ab_testing")
        subjects = {row[0]: row[1:] for row in self._session.execute(_subjects(ours))}
        totals = self._session.execute(_totals(ours))
        return {row[0]: _sums(row, subjects.get(row[0])) for row in totals}


def _totals(ours: ColumnElement[bool]) -> Any:
    alone = Request.subject.is_(None)
    return (
        select(
            Request.algorithm_id,
            func.count(),
            func.count().filter(Request.error.is_not(None)),
            func.count().filter(alone),
            func.count().filter(alone & _LABELLED),
            func.count().filter(alone & _CORRECT),
            func.percentile_cont([0.5, 0.99])
            .within_group(Request.latency_ms)
            .filter(Request.error.is_(None)),
        )
        .where(ours)
        .group_by(Request.algorithm_id)
    )


def _subjects(ours: ColumnElement[bool]) -> Any:
    trials = func.count().filter(_LABELLED).label("trials")
    hits = func.count().filter(_CORRECT).label("hits")
    each = (
        select(Request.algorithm_id, trials, hits)
        .where(ours, Request.subject.is_not(None))
        .group_by(Request.algorithm_id, Request.subject)
        .subquery()
    )
    n, right = each.c.trials, each.c.hits
    sums = (n, right, n * n, n * right, right * right)
    return select(
        each.c.algorithm_id, func.count(), func.count().filter(n > 0), *(func.sum(one) for one in sums)
    ).group_by(each.c.algorithm_id)


def _sums(total: Any, subjects: Any) -> ArmSums:
    _, requests, errors, alone, alone_labelled, alone_correct, latencies = total
    p50, p99 = latencies or (None, None)
    many, *sums = subjects or [0] * 7
    return ArmSums(
        requests=requests,
        errors=errors,
        alone=alone,
        alone_labelled=alone_labelled,
        alone_correct=alone_correct,
        subjects=many,
        subject_sums=tuple(int(each) for each in sums),
        p50_ms=p50,
        p99_ms=p99,
    )
