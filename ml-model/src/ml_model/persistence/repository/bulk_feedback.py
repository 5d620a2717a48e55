"""True labels of many requests at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text

from ml_model.persistence.model.base import SCHEMA
from servicekit.database import AnySession

_HELD = text(
    "SELECT request_id, algorithm_id, feedback, feedback_at IS NOT NULL "  # noqa: S608 - our own constants
    f"FROM {SCHEMA}.requests WHERE request_id = ANY(:ids) "
    "ORDER BY request_id FOR NO KEY UPDATE"
)
_CLASSES = text(
    f"SELECT algorithm_id, signature -> 'classes' FROM {SCHEMA}.algorithms WHERE algorithm_id = ANY(:ids)"  # noqa: S608
)
_GIVEN = "unnest(CAST(:ids AS text[]), CAST(:labels AS text[])) AS given (id, label)"
_GIVE = [
    text(
        f"UPDATE {SCHEMA}.requests SET feedback = CAST(label AS jsonb), feedback_at = now() "  # noqa: S608
        f"FROM {_GIVEN} WHERE {column} = given.id"
    )
    for column in ("request_id", "shadow_of")
]


@dataclass(frozen=True)
class HeldFeedback:
    """What is known of one request."""

    algorithm_id: int
    feedback: Any
    is_given: bool


class BulkFeedback:
    """Reads and writes feedback of many requests in one statement each."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def held(self, request_ids: Sequence[str]) -> dict[str, HeldFeedback]:
        """Give what is known of requests, held until the transaction ends, in one order against deadlocks."""
        rows = self._session.execute(_HELD, {"ids": list(request_ids)})
        return {row[0]: HeldFeedback(row[1], row[2], row[3]) for row in rows}

    def classes(self, algorithm_ids: Sequence[int]) -> dict[int, list[Any] | None]:
        """Give the labels of versions; None where any may be true."""
        rows = self._session.execute(_CLASSES, {"ids": list(algorithm_ids)})
        return {row[0]: row[1] for row in rows}

    def give(self, labels: Mapping[str, Any]) -> None:
        """Keep what turned out to be true, for the copies in the shadow too."""
        values = {"ids": list(labels), "labels": [orjson.dumps(label).decode() for label in labels.values()]}
        for statement in _GIVE:
            self._session.execute(statement, values)
