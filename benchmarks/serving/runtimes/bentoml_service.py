"""A BentoML service for a scikit-learn pipeline: the label is the most probable class."""

import os

import bentoml
import joblib
import numpy as np


@bentoml.service(
    workers=int(os.environ.get("WINE_WORKERS", "2")),
    metrics={"enabled": False},
    logging={"access": {"enabled": False}},
)
class Wine:
    """Answers labels and probabilities."""

    def __init__(self) -> None:
        self._pipeline = joblib.load(os.environ["WINE_MODEL"])

    @bentoml.api
    async def predict(self, rows: np.ndarray) -> dict[str, list]:
        """Predict all rows; without a thread of its own this is faster in every load."""
        found = self._pipeline.predict_proba(rows)
        labels = self._pipeline.classes_[found.argmax(axis=1)]
        return {"labels": labels.tolist(), "probabilities": found.tolist()}
