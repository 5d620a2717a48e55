"""Predictions and their real times."""

from dataclasses import dataclass

from flask_restful import Resource

from predictor.service.predicting import Predicting
from predictor.service.validation import ValidationOfPredictions
from predictor.web.schema.prediction import PredictionAnswer, PredictionRequest
from predictor.web.schema.validation import ValidationAnswer, ValidationRequest
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation


@dataclass(frozen=True)
class Defaults:
    """What is meant where a request says nothing."""

    database_name: str
    confidence_level: float


class Predictions(Resource):  # type: ignore[misc]
    """`/api/predict/query-execution`."""

    def __init__(self, predicting: Predicting, defaults: Defaults) -> None:
        self._predicting = predicting
        self._defaults = defaults

    @operation(
        "Predict how long a query will take",
        {200: PredictionAnswer},
        body=PredictionRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, body: PredictionRequest) -> PredictionAnswer:
        """Answer the time with its interval; the prediction is kept under its id."""
        order = body.order(self._defaults.database_name, self._defaults.confidence_level)
        return PredictionAnswer.of(self._predicting.predict(order))


class Validations(Resource):  # type: ignore[misc]
    """`/api/validate/prediction`."""

    def __init__(self, validation: ValidationOfPredictions) -> None:
        self._validation = validation

    @operation(
        "Tell what a predicted query really took",
        {200: ValidationAnswer},
        body=ValidationRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, body: ValidationRequest) -> ValidationAnswer:
        """Keep the real time, once for each prediction, and answer the error."""
        return ValidationAnswer.of(self._validation.validate(body.real_time()))
