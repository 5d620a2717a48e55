"""What a prediction starts from, in one statement and one round trip."""

from dataclasses import dataclass

from predictor.persistence.model.base import SCHEMA
from predictor.utils.features import NAMES
from servicekit.look_up import LookUp, LookUps

_ACTIVE_ID = f"SELECT model_id FROM {SCHEMA}.model_activations WHERE deactivated_at IS NULL"  # noqa: S608 - constants
_ACTIVE = LookUp("active_model", _ACTIVE_ID)
# One array in place of a column for each feature: so many columns take a part of a millisecond.
_NEWEST = LookUp(
    "newest_window",
    f"""
    SELECT ({_ACTIVE_ID}), (
        SELECT ARRAY[{", ".join(NAMES)}] FROM {SCHEMA}.metrics_pg_stats_query
        WHERE database_name = $1 AND query_hash = $2
        AND window_start >= now() - make_interval(days => $3)
        ORDER BY window_start DESC LIMIT 1
    )
    """,  # noqa: S608
    ("text", "bigint", "integer"),
)


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
        found = self._look_ups.row(_NEWEST, database_name, query_hash, lookback_days)
        model_id, values = found or (None, None)
        return Basis(model_id, None if values is None else dict(zip(NAMES, values, strict=True)))

    def active_model(self) -> int | None:
        """Find the active model."""
        found = self._look_ups.row(_ACTIVE)
        return None if found is None else found[0]
