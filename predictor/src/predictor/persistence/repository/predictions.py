"""Answered predictions and their real times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert

from journal import insert_statement, json_array
from predictor.persistence.model.prediction import Prediction, Validation
from predictor.persistence.model.record import PredictionRecord, ValidationRecord
from servicekit.database import AnySession

_PREDICTION = [getattr(Prediction, field.name) for field in fields(PredictionRecord)]
_VALIDATION = [getattr(Validation, field.name) for field in fields(ValidationRecord)]
COLUMNS = tuple(column.name for column in Prediction.__table__.columns)
_CARRY = insert_statement(cast("Table", Prediction.__table__), COLUMNS)
QUANTILES = (0.5, 0.9, 0.95)


@dataclass(frozen=True)
class Accuracy:
    """How a model's predictions compare with the real times so far.

    Args:
        validations: real times that are known.
        q_error: median, 90 % and 95 % quantile of max(predicted/actual, actual/predicted).
        mean_error_percent: mean absolute error in per cent of the real time.
        mean_log_error: mean of ln(actual/predicted): above 0 the predictions are too short.
    """

    validations: int
    q_error: tuple[float, ...]
    mean_error_percent: float | None
    mean_log_error: float | None


@dataclass(frozen=True)
class LevelCoverage:
    """How many real times lay within the intervals of one level."""

    confidence_level: float
    intervals: int
    covered: int


class Predictions:
    """Finds predictions, adds and sums up validations."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def get(self, prediction_id: str) -> PredictionRecord | None:
        """Find a prediction."""
        wanted = select(*_PREDICTION).where(Prediction.prediction_id == prediction_id)
        row = self._session.execute(wanted).one_or_none()
        return None if row is None else PredictionRecord(*row)

    def carry(self, rows: Iterable[bytes]) -> None:
        """Add predictions given as JSON objects; those that are there are left alone."""
        self._session.connection().exec_driver_sql(_CARRY, {"rows": json_array(rows)})

    def validate(self, values: Mapping[str, Any]) -> tuple[ValidationRecord, bool]:
        """Keep the real time of a prediction unless it has one; give what is kept, and whether it is new."""
        added = insert(Validation).values(dict(values)).on_conflict_do_nothing()
        is_new = bool(self._session.execute(added.returning(Validation.prediction_id)).all())
        wanted = select(*_VALIDATION).where(Validation.prediction_id == values["prediction_id"])
        return ValidationRecord(*self._session.execute(wanted).one()), is_new

    def accuracy(self, model_id: int) -> Accuracy:
        """Compare a model's predictions with the real times."""
        predicted, actual = Validation.predicted_execution_time_ms, Validation.actual_execution_time_ms
        log_error = func.ln(actual / predicted)
        row = self._session.execute(
            select(
                func.count(),
                func.percentile_cont(list(QUANTILES)).within_group(func.exp(func.abs(log_error))),
                func.avg(func.abs(predicted - actual) / actual) * 100,
                func.avg(log_error),
            ).where(Validation.model_id == model_id)
        ).one()
        return Accuracy(row[0], tuple(row[1] or ()), row[2], row[3])

    def coverage(self, model_id: int) -> list[LevelCoverage]:
        """Count for each level of a model's intervals how many covered the real time."""
        inside = Validation.within_confidence_interval
        grouped = (
            select(Validation.confidence_level, func.count(), func.count().filter(inside.is_(True)))
            .where(Validation.model_id == model_id, inside.is_not(None))
            .group_by(Validation.confidence_level)
            .order_by(Validation.confidence_level)
        )
        return [LevelCoverage(*row) for row in self._session.execute(grouped)]

    def validated(self, model_id: int, limit: int) -> list[tuple[float, float]]:
        """Give predicted and real times of the newest validations, in milliseconds."""
        wanted = (
            select(Validation.predicted_execution_time_ms, Validation.actual_execution_time_ms)
            .where(Validation.model_id == model_id)
            .order_by(Validation.validated_at.desc())
            .limit(limit)
        )
        return [(predicted, actual) for predicted, actual in self._session.execute(wanted)]

    def counts(self) -> tuple[int, int]:
        """Count predictions and validations."""
        predictions = self._session.scalar(select(func.count()).select_from(Prediction)) or 0
        return predictions, self._session.scalar(select(func.count()).select_from(Validation)) or 0
