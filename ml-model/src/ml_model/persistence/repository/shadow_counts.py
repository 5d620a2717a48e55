"""A version in the shadow against those that answered, on the same requests."""

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import aliased

from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.served_request import ServedRequest
from ml_model.persistence.model.shadow import Shadow
from ml_model.persistence.model.shadow_record import AnsweringVersion, Disagreement, PairSums, ShadowRecord
from servicekit.database import AnySession

MOST_DISAGREEMENTS = 100


class ShadowCounts:
    """Counts the pairs of one shadow: its copies, each with the request that it is a copy of."""

    def __init__(self, session: AnySession, shadow: ShadowRecord) -> None:
        self._session = session
        self._pairs = _pairs(shadow)

    def sums(self) -> PairSums:
        """Count agreement, accuracy where the truth is known, failures, and p50 and p99 of both."""
        each = self._pairs.c
        points = [0.5, 0.99]
        wanted = select(
            func.count(),
            func.count().filter(each.failed),
            func.count().filter(each.agreed),
            func.count().filter(each.labelled),
            func.count().filter(each.answered_correct),
            func.count().filter(each.shadow_correct),
            func.percentile_cont(points).within_group(each.answered_ms),
            func.percentile_cont(points).within_group(each.shadow_ms).filter(~each.failed),
        )
        pairs, failed, agreed, labelled, *others = self._session.execute(wanted).one()
        answered_correct, shadow_correct, answered_ms, shadow_ms = others
        return PairSums(
            pairs=pairs,
            failed=failed,
            agreed=agreed,
            labelled=labelled,
            answered_correct=answered_correct,
            shadow_correct=shadow_correct,
            answered_ms=_pair(answered_ms),
            shadow_ms=_pair(shadow_ms),
        )

    def by_version(self) -> list[AnsweringVersion]:
        """Count agreement by the version that answered."""
        each = self._pairs.c
        wanted = (
            select(
                each.answering,
                Algorithm.name,
                Algorithm.version,
                func.count(),
                func.count().filter(each.agreed),
            )
            .join(Algorithm, Algorithm.algorithm_id == each.answering)
            .group_by(each.answering, Algorithm.name, Algorithm.version)
            .order_by(each.answering)
        )
        return [AnsweringVersion(*row) for row in self._session.execute(wanted)]

    def disagreements(self) -> list[Disagreement]:
        """Count the pairs of labels that differ, the most frequent first."""
        each = self._pairs.c
        wanted = (
            select(
                each.answered,
                each.shadow,
                func.count(),
                func.count().filter(each.labelled),
                func.count().filter(each.answered_correct),
                func.count().filter(each.shadow_correct),
            )
            .where(~each.agreed, ~each.failed, each.answered.is_not(None))
            .group_by(each.answered, each.shadow)
            .order_by(func.count().desc(), each.answered, each.shadow)
            .limit(MOST_DISAGREEMENTS)
        )
        return [Disagreement(*row) for row in self._session.execute(wanted)]


def _pairs(shadow: ShadowRecord) -> Subquery:
    copy, request = aliased(ServedRequest), aliased(ServedRequest)
    later = select(func.min(Shadow.created_at)).where(
        Shadow.algorithm_id == shadow.algorithm_id, Shadow.shadow_id > shadow.shadow_id
    )
    until = func.coalesce(later.scalar_subquery(), func.clock_timestamp())
    known = request.feedback.is_not(None)
    return (
        select(
            request.algorithm_id.label("answering"),
            request.response.label("answered"),
            copy.response.label("shadow"),
            request.latency_ms.label("answered_ms"),
            copy.latency_ms.label("shadow_ms"),
            copy.error.is_not(None).label("failed"),
            func.coalesce(copy.response == request.response, False).label("agreed"),
            known.label("labelled"),
            (known & func.coalesce(request.response == request.feedback, False)).label("answered_correct"),
            (known & func.coalesce(copy.response == request.feedback, False)).label("shadow_correct"),
        )
        .join(request, request.request_id == copy.shadow_of)
        .where(
            copy.algorithm_id == shadow.algorithm_id,
            copy.purpose == "shadow",
            copy.created_at >= shadow.created_at,
            copy.created_at < until,
        )
        .subquery()
    )


def _pair(latencies: list[float] | None) -> tuple[float, float] | None:
    return None if latencies is None else (latencies[0], latencies[1])
