"""What the service has and does: one look for a person."""

from dataclasses import dataclass
from datetime import datetime

from predictor.persistence.model.record import ModelRecord
from predictor.persistence.repository.performance_models import PerformanceModels
from predictor.persistence.repository.predictions import Predictions
from predictor.persistence.repository.samples import Samples
from predictor.persistence.repository.signs_of_life import SignsOfLife
from predictor.persistence.repository.training_jobs import TrainingJobs
from predictor.service.job_watch import SCHEDULER, WORKER
from predictor.service.prediction_records import PredictionRecords
from predictor.service.track_record import TrackRecord, track_record
from servicekit.database import AnySession, transaction

ALIVE_SECONDS = 60


@dataclass(frozen=True)
class HistoryCount:
    """What there is of one observed database."""

    database_name: str
    samples: int
    fingerprints: int
    newest_window: datetime


@dataclass(frozen=True)
class ProcessSign:
    """When a process beside the service was last seen; `is_alive` within the last minute."""

    process: str
    seen_at: datetime | None
    is_alive: bool


@dataclass(frozen=True)
class StatusView:
    """Everything at once."""

    active: ModelRecord | None
    track_record: TrackRecord | None
    models: int
    jobs: dict[str, int]
    histories: tuple[HistoryCount, ...]
    predictions: int
    validations: int
    processes: tuple[ProcessSign, ...]


class Status:
    """The use case of one look."""

    def __init__(self, session: AnySession, records: PredictionRecords) -> None:
        self._session = session
        self._records = records

    def look(self) -> StatusView:
        """Sum up models, jobs, history, predictions and processes."""
        self._records.flush()
        with transaction(self._session):
            models = PerformanceModels(self._session)
            active_id = models.active_id()
            predictions, validations = Predictions(self._session).counts()
            return StatusView(
                active=models.get(active_id) if active_id is not None else None,
                track_record=track_record(self._session, active_id) if active_id is not None else None,
                models=models.count(),
                jobs=TrainingJobs(self._session).counts(),
                histories=tuple(HistoryCount(*row) for row in Samples(self._session).counts()),
                predictions=predictions,
                validations=validations,
                processes=self._processes(),
            )

    def _processes(self) -> tuple[ProcessSign, ...]:
        seen = SignsOfLife(self._session).ages_seconds()
        signs = []
        for process in (WORKER, SCHEDULER):
            at, age = seen.get(process, (None, float("inf")))
            signs.append(ProcessSign(process, at, age < ALIVE_SECONDS))
        return tuple(signs)
