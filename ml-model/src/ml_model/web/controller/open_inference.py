"""The Open Inference Protocol V2: server, models, repository index, inference."""

from flask import Response
from flask_restful import Resource

from ml_model.service.open_inference import OpenInference
from ml_model.web.binary_request import BINARY, inference_document
from ml_model.web.plain_json import plain_json
from ml_model.web.schema.open_inference import (
    IndexAnswer,
    IndexRequest,
    InferenceRequestBody,
    InferenceResponse,
    LiveAnswer,
    ModelMetadataAnswer,
    ModelReadyAnswer,
    ServerAnswer,
    ServerReadyAnswer,
)
from servicekit.errors import Conflict, Invalid, NotFound
from servicekit.web.operation import operation
from servicekit.web.parsing import read_model
from servicekit.web.raw_body import RawBody, RawContent

LOOKUP_FAULTS = (NotFound, Conflict, Invalid)
TENSORS = RawBody(
    InferenceRequestBody, others=(BINARY,), limit="max_inference_body_bytes", silent_is_json=True
)
INDEX = RawBody(IndexRequest, silent_is_json=True, optional=True)


class OpenInferenceServer(Resource):  # type: ignore[misc]
    """`/v2`."""

    def __init__(self, server: ServerAnswer) -> None:
        self._server = server

    @operation("Tell what the server is", {200: ServerAnswer})
    def get(self) -> ServerAnswer:
        """Answer name, version and extensions."""
        return self._server


class OpenInferenceLive(Resource):  # type: ignore[misc]
    """`/v2/health/live`."""

    @operation("Tell that the server can answer", {200: LiveAnswer})
    def get(self) -> LiveAnswer:
        """Answer 200 while the process can."""
        return LiveAnswer()


class _OnModels(Resource):  # type: ignore[misc]
    def __init__(self, open_inference: OpenInference) -> None:
        self._open_inference = open_inference


class OpenInferenceReady(_OnModels):
    """`/v2/health/ready`."""

    @operation("Tell that models can be found", {200: ServerReadyAnswer})
    def get(self) -> ServerReadyAnswer:
        """Answer 200, or 503 while the database is away."""
        self._open_inference.check_ready()
        return ServerReadyAnswer()


class RepositoryIndex(_OnModels):
    """`/v2/repository/index`."""

    @operation("List the versions of all models", {200: IndexAnswer}, body=INDEX, errors=(Invalid,))
    def post(self, body: RawContent) -> IndexAnswer:
        """Answer a row for each version of each endpoint."""
        read_model(IndexRequest, body.data or b"{}")
        return IndexAnswer.of(self._open_inference.index())


class OpenInferenceModel(_OnModels):
    """`/v2/models/{model_name}` and one of its versions."""

    @operation("Tell what a model takes and gives", {200: ModelMetadataAnswer}, errors=LOOKUP_FAULTS)
    def get(self, model_name: str, model_version: str | None = None) -> ModelMetadataAnswer:
        """Answer a model's tensors."""
        return ModelMetadataAnswer.of(self._open_inference.metadata(model_name, model_version))


class OpenInferenceModelReady(_OnModels):
    """`/v2/models/{model_name}/ready` and that of one of its versions."""

    @operation("Tell that a model is loaded and answers", {200: ModelReadyAnswer}, errors=LOOKUP_FAULTS)
    def get(self, model_name: str, model_version: str | None = None) -> ModelReadyAnswer:
        """Load the model where it is not loaded yet, and answer 200."""
        self._open_inference.check_model(model_name, model_version)
        return ModelReadyAnswer(name=model_name)


class OpenInferenceInfer(_OnModels):
    """`/v2/models/{model_name}/infer` and that of one of its versions."""

    @operation("Predict from tensors", {200: InferenceResponse}, body=TENSORS, errors=LOOKUP_FAULTS)
    def post(self, body: RawContent, model_name: str, model_version: str | None = None) -> Response:
        """Answer labels and probabilities as tensors."""
        checked = self._open_inference.check(model_name, model_version, lambda: inference_document(body))
        return plain_json(self._open_inference.answer(checked))


class OpenInferenceVersion(OpenInferenceModel):
    """`/v2/models/{model_name}/versions/{model_version}`."""


class OpenInferenceVersionReady(OpenInferenceModelReady):
    """`/v2/models/{model_name}/versions/{model_version}/ready`."""


class OpenInferenceVersionInfer(OpenInferenceInfer):
    """`/v2/models/{model_name}/versions/{model_version}/infer`."""
