"""Scores of trained models on sets."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from ml_model.persistence.model.evaluation import Evaluation
from ml_model.persistence.model.record import EvaluationRecord, Scores
from servicekit.database import AnySession

_KEY = ("trained_model_id", "source", "dataset")


@dataclass(frozen=True)
class NewEvaluation:
    """Scores that are to be kept."""

    trained_model_id: int
    source: str
    dataset: str
    samples: int
    scores: Scores


class Evaluations:
    """Keeps the latest scores of each trained model on each set."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def put(self, new: NewEvaluation) -> EvaluationRecord:
        """Keep scores in place of those that there were."""
        key = {name: getattr(new, name) for name in _KEY}
        values = {"samples": new.samples, **vars(new.scores)}
        added = insert(Evaluation).values(key | values)
        written = added.on_conflict_do_update(
            index_elements=_KEY, set_=values | {"scored_at": func.now()}
        ).returning(Evaluation)
        found = self._session.scalars(written.execution_options(populate_existing=True)).one()
        return _record(found)

    def of_model(self, trained_model_id: int) -> list[EvaluationRecord]:
        """List a trained model's scores, the latest first."""
        rows = (
            select(Evaluation)
            .where(Evaluation.trained_model_id == trained_model_id)
            .order_by(Evaluation.scored_at.desc(), Evaluation.source, Evaluation.dataset)
        )
        return [_record(row) for row in self._session.scalars(rows)]


def _record(row: Evaluation) -> EvaluationRecord:
    scores = Scores(row.accuracy, row.f1_score, row.precision, row.recall)
    return EvaluationRecord(row.source, row.dataset, row.samples, scores, row.scored_at)
