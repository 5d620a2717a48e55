"""What the service says of itself."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from predictor.service.status import StatusView
from predictor.web.schema.model import ModelRow, TrackRecordAnswer
from servicekit.web.schema import Answer


class HistoryAnswer(Answer):
    """The history of one observed database."""

    database_name: str
    samples: int
    fingerprints: int
    newest_window: datetime


class ProcessAnswer(Answer):
    """A process beside the service."""

    process: Literal["worker", "scheduler"]
    seen_at: datetime | None
    is_alive: bool = Field(description="Seen within the last minute.")


class StatusAnswer(Answer):
    """Health and statistics."""

    status: Literal["healthy", "degraded"] = Field(
        description="`degraded` when worker or scheduler is not alive, or the active model's interval fails."
    )
    service: str
    active_model: ModelRow | None
    active_model_validation: TrackRecordAnswer | None
    total_models: int
    jobs: dict[str, int] = Field(description="Training jobs by status.")
    samples: int
    histories: list[HistoryAnswer]
    predictions: int
    validations: int
    processes: list[ProcessAnswer]

    @classmethod
    def of(cls, view: StatusView, service: str) -> "StatusAnswer":
        """Return the answer for one look."""
        interval_fails = view.track_record is not None and view.track_record.interval_holds is False
        healthy = all(process.is_alive for process in view.processes) and not interval_fails
        return cls(
            status="healthy" if healthy else "degraded",
            service=service,
            active_model=ModelRow.of(view.active, is_active=True) if view.active else None,
            active_model_validation=TrackRecordAnswer.of(view.track_record) if view.track_record else None,
            total_models=view.models,
            jobs={state: view.jobs.get(state, 0) for state in _STATES},
            samples=sum(history.samples for history in view.histories),
            histories=[HistoryAnswer(**vars(history)) for history in view.histories],
            predictions=view.predictions,
            validations=view.validations,
            processes=[ProcessAnswer(**vars(process)) for process in view.processes],
        )


_STATES = ("queued", "training", "completed", "failed", "cancelled")
