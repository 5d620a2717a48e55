"""MLflow's scoring protocol: signs of life, its version, and predictions from tables."""

from flask import Response, current_app
from flask_restful import Resource

from ml_model.service.invocations import Invocations
from ml_model.web.plain_json import plain_json
from ml_model.web.schema.invocations import InvocationAnswer, InvocationBody, InvocationQuery
from ml_model.web.table_reader import CSV, table_reader
from servicekit.errors import Conflict, Invalid, NotFound
from servicekit.web.operation import operation
from servicekit.web.raw_body import RawBody, RawContent
from servicekit.web.schema import HealthAnswer

TABLE = RawBody(InvocationBody, others=(CSV,), limit="max_inference_body_bytes")


class Ping(Resource):  # type: ignore[misc]
    """`/ping`."""

    @operation("Tell that the process can answer", {200: HealthAnswer})
    def get(self) -> HealthAnswer:
        """Answer 200 while the process can."""
        return HealthAnswer(service=current_app.name)


class MlflowVersion(Resource):  # type: ignore[misc]
    """`/version`."""

    def __init__(self, version: str) -> None:
        self._version = version

    @operation("Tell MLflow's version", {200: ("text/plain",)})
    def get(self) -> Response:
        """Answer the version as text."""
        return Response(self._version, mimetype="text/plain")


class Invoke(Resource):  # type: ignore[misc]
    """`/invocations`."""

    def __init__(self, invocations: Invocations) -> None:
        self._invocations = invocations

    @operation(
        "Predict from a table",
        {200: InvocationAnswer},
        body=TABLE,
        query=InvocationQuery,
        errors=(NotFound, Conflict, Invalid),
    )
    def post(self, body: RawContent, query: InvocationQuery) -> Response:
        """Answer the labels in the order of the rows."""
        return plain_json(
            self._invocations.invoke(table_reader(body), query.endpoint, query.version, query.subject)
        )
