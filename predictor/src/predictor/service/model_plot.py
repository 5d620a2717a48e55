"""A picture of predicted against real times."""

import io
from typing import Literal

import numpy as np

from predictor.persistence.model.record import ModelRecord
from predictor.persistence.repository.predictions import Predictions
from predictor.service.loaded_models import LoadedModels
from predictor.service.model_registry import ModelRegistry
from servicekit.database import AnySession, transaction

PictureFormat = Literal["png", "svg"]
MOST_POINTS = 5000
FACTOR = 1.5


class ModelPlot:
    """The use case of one picture.

    Args:
        session: of the dataset database.
        registry: finds the model.
        models: the loaded ones, which hold their held-out predictions.
    """

    def __init__(self, session: AnySession, registry: ModelRegistry, models: LoadedModels) -> None:
        self._session = session
        self._registry = registry
        self._models = models

    def draw(self, model_id: str, picture_format: PictureFormat) -> bytes:
        """Draw held-out and validated predictions of a model, both axes in milliseconds and logarithmic.

        Raises:
            ModelNotFound, ModelDamaged, ModelOfOtherFeatures
        """
        model = self._registry.get(model_id).model
        with transaction(self._session):
            held_out = self._models.get(model.model_id).held_out
            validated = Predictions(self._session).validated(model.model_id, MOST_POINTS)
        groups = {
            "held-out queries": (held_out.predicted_ms[:MOST_POINTS], held_out.actual_ms[:MOST_POINTS]),
            "validated predictions": tuple(np.array(validated, dtype=float).reshape(-1, 2).T),
        }
        return _picture(model, groups, picture_format)


def _picture(
    model: ModelRecord, groups: dict[str, tuple[np.ndarray, ...]], picture_format: PictureFormat
) -> bytes:
    # Imported here: a service that draws no picture starts without it. Figure alone, without pyplot, keeps
    # no state between threads.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(7, 6), layout="constrained")
    axes = figure.add_subplot(
        xscale="log", yscale="log", xlabel="real time (ms)", ylabel="predicted time (ms)"
    )
    for (name, (predicted, actual)), colour in zip(groups.items(), ("#3b6ea5", "#c8553d"), strict=True):
        if len(actual):
            axes.scatter(actual, predicted, s=9, alpha=0.5, color=colour, label=f"{name} ({len(actual)})")
    ends = _ends(groups)
    axes.plot(ends, ends, color="black", linewidth=1, label="exact")
    axes.fill_between(ends, ends / FACTOR, ends * FACTOR, color="grey", alpha=0.2, label=f"factor {FACTOR}")
    axes.set_title(f"{model.version} {model.model_type}, {model.database_name}")
    axes.legend(loc="upper left")
    picture = io.BytesIO()
    figure.savefig(
        picture, format=picture_format, dpi=110, metadata={"Date": None} if picture_format == "svg" else {}
    )
    return picture.getvalue()


def _ends(groups: dict[str, tuple[np.ndarray, ...]]) -> np.ndarray:
    values = np.concatenate([np.asarray(side) for pair in groups.values() for side in pair])
    if not len(values):
        return np.array([0.1, 1000.0])
    return np.array([values.min() / 1.5, values.max() * 1.5])
