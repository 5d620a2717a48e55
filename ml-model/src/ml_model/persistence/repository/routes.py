"""What is served where, read as a whole."""

from typing import Any

from sqlalchemy import Row, func, select

from ml_model.persistence.model.ab_test import ABTest, ABTestArm
from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.algorithm_status import AlgorithmStatus
from ml_model.persistence.model.endpoint import Endpoint
from ml_model.persistence.model.shadow import Shadow
from servicekit.database import AnySession


class Routes:
    """Reads versions, running tests and shadows."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def mark(self) -> tuple[Any, ...]:
        """Give what is different after every change."""
        running = ABTest.ended_at.is_(None)
        shadowing = Shadow.ended_at.is_(None)
        wanted = select(
            select(func.max(Endpoint.endpoint_id)).scalar_subquery(),
            select(func.max(Algorithm.algorithm_id)).scalar_subquery(),
            select(func.sum(AlgorithmStatus.status_id)).where(AlgorithmStatus.active).scalar_subquery(),
            select(func.count()).where(AlgorithmStatus.active).scalar_subquery(),
            select(func.sum(ABTest.abtest_id)).where(running).scalar_subquery(),
            select(func.sum(Shadow.shadow_id)).where(shadowing).scalar_subquery(),
        )
        return tuple(self._session.execute(wanted).one())

    def endpoints(self) -> list[str]:
        """Name every endpoint."""
        return list(self._session.scalars(select(Endpoint.name).order_by(Endpoint.name)))

    def versions(self) -> list[Row[Any]]:
        """Give every version with its active status, which is None where it has none; the newest first."""
        active = (AlgorithmStatus.algorithm_id == Algorithm.algorithm_id) & AlgorithmStatus.active
        wanted = (
            select(
                Algorithm.algorithm_id,
                Algorithm.endpoint_id,
                Endpoint.name.label("endpoint"),
                Algorithm.name,
                Algorithm.version,
                Algorithm.number,
                AlgorithmStatus.status,
                Algorithm.signature,
                Algorithm.model_sha256,
                Algorithm.compiled_sha256,
            )
            .join(Endpoint, Endpoint.endpoint_id == Algorithm.endpoint_id)
            .outerjoin(AlgorithmStatus, active)
            .order_by(Algorithm.algorithm_id.desc())
        )
        return list(self._session.execute(wanted).all())

    def running_tests(self) -> list[Row[Any]]:
        """Give (endpoint_id, abtest_id, algorithm_id, share) of every arm, the control first."""
        wanted = (
            select(ABTest.endpoint_id, ABTest.abtest_id, ABTestArm.algorithm_id, ABTestArm.share)
            .join(ABTestArm, ABTestArm.abtest_id == ABTest.abtest_id)
            .where(ABTest.ended_at.is_(None))
            .order_by(ABTest.abtest_id, ABTestArm.position)
        )
        return list(self._session.execute(wanted).all())

    def running_shadows(self) -> list[Row[Any]]:
        """Give (endpoint_id, algorithm_id, share) of every version in a shadow."""
        wanted = select(Shadow.endpoint_id, Shadow.algorithm_id, Shadow.share).where(
            Shadow.ended_at.is_(None)
        )
        return list(self._session.execute(wanted).all())
