"""The short way of a prediction."""

from functools import partial

from predictor.service.predicting import Computed, Predicting
from predictor.web.controller.predictions import Defaults
from predictor.web.schema.prediction import PredictionAnswer, PredictionRequest
from servicekit.web.express import Lane
from servicekit.web.raw_body import json_value


def prediction_lane(path: str, predicting: Predicting, defaults: Defaults) -> Lane[Computed]:
    """Return the lane of the predictions at a path."""
    return Lane(
        prefix=path,
        suffix="",
        rule=path,
        take=partial(_take, predicting, defaults),
        answer=lambda computed: PredictionAnswer.of(predicting.keep(computed)).model_dump_json().encode(),
    )


def _take(predicting: Predicting, defaults: Defaults, rest: str, query: str, body: bytes) -> Computed | None:
    if rest or query:
        return None
    json_value(body)
    asked = PredictionRequest.model_validate_json(body)
    return predicting.compute(asked.order(defaults.database_name, defaults.confidence_level))
