"""The trained models: look at them, switch between them."""

from dataclasses import dataclass

from predictor.persistence.model.record import ActivationRecord, ModelRecord
from predictor.persistence.repository.performance_models import PerformanceModels
from predictor.service.errors import ModelNotFound, NoActiveModel
from predictor.service.loaded_models import LoadedModels
from predictor.service.track_record import TrackRecord, track_record
from servicekit import request_id
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

ASKED = "asked for by a request"


@dataclass(frozen=True)
class ModelView:
    """A model, how it did so far, and when it was active."""

    model: ModelRecord
    is_active: bool
    track_record: TrackRecord
    activations: tuple[ActivationRecord, ...]


@dataclass(frozen=True)
class ModelPage:
    """Some of the models, and the number of all."""

    models: tuple[ModelRecord, ...]
    total: int
    active_id: int | None


class ModelRegistry:
    """The use cases around models."""

    def __init__(self, session: AnySession, models: LoadedModels) -> None:
        self._session = session
        self._models = models

    def listed(self, limit: int, offset: int) -> ModelPage:
        """List models, the newest first."""
        with transaction(self._session):
            models = PerformanceModels(self._session)
            return ModelPage(tuple(models.listed(limit, offset)), models.count(), models.active_id())

    def active(self) -> ModelView:
        """Give the active model.

        Raises:
            NoActiveModel
        """
        with transaction(self._session):
            models = PerformanceModels(self._session)
            active_id = models.active_id()
            if active_id is None:
                raise NoActiveModel(models.count())
            return self._view(str(active_id))

    def get(self, model_id: str) -> ModelView:
        """Give one model, by its number or its version.

        Raises:
            ModelNotFound
        """
        with transaction(self._session):
            return self._view(model_id)

    def activate(self, model_id: str) -> ModelView:
        """Make a model the one that predicts; it is loaded first, so a damaged one is refused.

        Raises:
            ModelNotFound, ModelDamaged, ModelOfOtherFeatures
        """
        with transaction(self._session):
            number = self._found(model_id).model_id
            self._models.get(number)
            switched = PerformanceModels(self._session).activate(number, ASKED, request_id.current())
            view = self._view(model_id)
        if switched:
            log.info("model activated", model_version=view.model.version)
        return view

    def _found(self, model_id: str) -> ModelRecord:
        digits = model_id.removeprefix("v")
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
        record = PerformanceModels(self._session).get(int(digits)) if is_number else None
        if record is None:
            raise ModelNotFound(model_id)
        return record

    def _view(self, model_id: str) -> ModelView:
        record = self._found(model_id)
        models = PerformanceModels(self._session)
        return ModelView(
            model=record,
            is_active=models.active_id() == record.model_id,
            track_record=track_record(self._session, record.model_id),
            activations=tuple(models.activations(record.model_id)),
        )
