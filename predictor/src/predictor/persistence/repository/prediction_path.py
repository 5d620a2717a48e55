"""What a prediction starts from, in one statement and one round trip."""

from dataclasses import dataclass

from predictor.persistence.model.base import SCHEMA
from predictor.utils.features import NAMES
from servicekit.look_up import LookUps

_ACTIVE = f"SELECT model_id FROM {SCHEMA}.model_activations WHERE deactivated_at IS NULL"  # noqa: S608 - constants
# One array in place of a column for each feature: so many columns take a part of a millisecond.
_NEWEST = f"""
    SELECT ({_ACTIVE}), (
        SELECT ARRAY[{", ".join(NAMES)}] FROM {SCHEMA}.metrics_pg_stats_query
        WHERE database_name = %(database_name)s AND query_hash = %(query_hash)s
        AND window_start >= now() - make_interval(days => %(lookback_days)s)
        ORDER BY window_start DESC LIMIT 1
    )
"""  # noqa: S608


@dataclass(frozen=True)
class Basis:
    """What a prediction starts from: the active model, and the newest features by name where known."""

    model_id: int | None
    features: dict[str, float | None] | None


class PredictionPath:
    """Reads what a prediction needs."""

    def __init__(self, look_ups: LookUps) -> None:
        self._look_ups = look_ups

    def basis(self, database_name: str, query_hash: int, lookback_days: int) -> Basis:
        """Find the active model, and the features of the fingerprint's newest window."""
        place = {"database_name": database_name, "query_hash": query_hash, "lookback_days": lookback_days}
        model_id, values = self._look_ups.row(_NEWEST, place) or (None, None)
        return Basis(model_id, None if values is None else dict(zip(NAMES, values, strict=True)))

    def active_model(self) -> int | None:
        """Find the active model."""
        found = self._look_ups.row(_ACTIVE)
        return None if found is None else found[0]
