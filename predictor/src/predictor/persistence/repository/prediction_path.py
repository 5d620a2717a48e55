"""The two statements of a prediction, as plain SQL: building them anew each time took most of its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg2.extras import Json

from predictor.persistence.model.base import SCHEMA
from predictor.utils.features import NAMES
from servicekit.database import AnySession

_ACTIVE = f"SELECT model_id FROM {SCHEMA}.model_activations WHERE deactivated_at IS NULL"  # noqa: S608 - constants
# One array in place of a column for each feature: SQLAlchemy takes a millisecond's part over each column.
_NEWEST = f"""
    SELECT ({_ACTIVE}), (
        SELECT ARRAY[{", ".join(NAMES)}] FROM {SCHEMA}.metrics_pg_stats_query
        WHERE database_name = %(database_name)s AND query_hash = %(query_hash)s
        AND window_start >= now() - make_interval(days => %(lookback_days)s)
        ORDER BY window_start DESC LIMIT 1
    )
"""  # noqa: S608
_COLUMNS = (
    "prediction_id",
    "model_id",
    "database_name",
    "query_hash",
    "scenario",
    "features",
    "changes",
    "execution_time_ms",
    "lower_bound_ms",
    "upper_bound_ms",
    "std_dev_ms",
    "confidence_level",
    "confidence_score",
)
_ADD = f"""
    INSERT INTO {SCHEMA}.predictions ({", ".join(_COLUMNS)})
    VALUES ({", ".join(f"%({name})s" for name in _COLUMNS)})
"""  # noqa: S608


@dataclass(frozen=True)
class Basis:
    """What a prediction starts from: the active model, and the newest features by name where known."""

    model_id: int | None
    features: dict[str, float | None] | None


class PredictionPath:
    """Reads what a prediction needs and keeps what it answered."""

    def __init__(self, session: AnySession) -> None:
        self._connection = session.connection()

    def basis(self, database_name: str, query_hash: int, lookback_days: int) -> Basis:
        """Find the active model, and the features of the fingerprint's newest window."""
        place = {"database_name": database_name, "query_hash": query_hash, "lookback_days": lookback_days}
        model_id, values = self._connection.exec_driver_sql(_NEWEST, place).one()
        return Basis(model_id, None if values is None else dict(zip(NAMES, values, strict=True)))

    def active_model(self) -> int | None:
        """Find the active model."""
        return self._connection.exec_driver_sql(_ACTIVE).scalar()

    def keep(self, row: Mapping[str, Any]) -> None:
        """Keep an answered prediction; keys are columns of `predictions`."""
        changes = row["changes"]
        values = {**row, "changes": None if changes is None else Json(changes)}
        self._connection.exec_driver_sql(_ADD, values)
