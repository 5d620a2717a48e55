"""Single predictions."""

from flask import Response
from flask_restful import Resource

from ml_model.service.routing_errors import EndpointNotFound, NothingServed
from ml_model.service.serving import Serving
from ml_model.web.schema.prediction import Features, PredictionAnswer, PredictionQuery
from servicekit.web.operation import operation
from servicekit.web.raw_body import JSON, RawBody, RawContent


class Predictions(Resource):  # type: ignore[misc]
    """`/api/v1/<endpoint>/predict`."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @operation(
        "Predict one row",
        {200: PredictionAnswer},
        body=RawBody(Features),
        query=PredictionQuery,
        errors=(EndpointNotFound, NothingServed),
    )
    def post(self, endpoint: str, body: RawContent, query: PredictionQuery) -> Response:
        """Answer label and probabilities; the row is kept under its request_id before."""
        answered = self._serving.predict(query.order(endpoint, body.json()))
        return Response(PredictionAnswer.encode(answered), mimetype=JSON)
