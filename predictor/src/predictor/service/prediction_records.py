"""Keep what was answered before it is answered, and find it again wherever it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import orjson

from journal import Journal, JournalRules
from predictor.persistence.model.record import PredictionRecord
from predictor.persistence.repository.predictions import Predictions
from servicekit.database import AnySession, transaction

Context = Callable[[], AbstractContextManager[Any]]


class PredictionRecords:
    """Predictions in the journal and in the table behind it.

    Args:
        session: of the dataset database.
        context: in which the session works, for what carries rows beside the requests.
        rules: of the journal.
    """

    def __init__(self, session: AnySession, context: Context, rules: JournalRules) -> None:
        self._session = session
        self._context = context
        self._journal = Journal(rules, self._carry, "prediction_id")
        self.start = self._journal.start
        self.flush = self._journal.flush

    def keep(self, row: dict[str, Any]) -> None:
        """Keep a prediction, whose keys are the table's columns; it outlives this process.

        Raises:
            JournalFull, JournalRefused
        """
        self._journal.append(orjson.dumps(row))

    def get(self, prediction_id: str) -> PredictionRecord | None:
        """Find a prediction in the caller's transaction, where it is in the table from now on."""
        waiting = self._journal.find(prediction_id)
        predictions = Predictions(self._session)
        if waiting is not None:
            predictions.carry([waiting])
        return predictions.get(prediction_id)

    def _carry(self, rows: list[bytes]) -> None:
        with self._context(), transaction(self._session):
            Predictions(self._session).carry(rows)
