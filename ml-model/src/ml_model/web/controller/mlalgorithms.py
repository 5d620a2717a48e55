"""Versions of models: look at them, register them."""

from flask_restful import Resource

from ml_model.service.registration import Registration
from ml_model.service.registry import Registry
from ml_model.web.schema.onnx_upload import OnnxUploadForm
from ml_model.web.schema.registry import (
    AlgorithmAnswer,
    AlgorithmsAnswer,
    AlgorithmsQuery,
    RegistrationRequest,
)
from servicekit.errors import Conflict, Invalid, NotFound
from servicekit.web.operation import operation
from servicekit.web.upload import FileBody

ONNX_FILE = FileBody((), "max_served_model_bytes")


class Algorithms(Resource):  # type: ignore[misc]
    """`/api/v1/mlalgorithms`."""

    def __init__(self, registry: Registry, registration: Registration) -> None:
        self._registry = registry
        self._registration = registration

    @operation("List the versions, the newest first", {200: AlgorithmsAnswer}, query=AlgorithmsQuery)
    def get(self, query: AlgorithmsQuery) -> AlgorithmsAnswer:
        """Answer versions with their status."""
        return AlgorithmsAnswer.of(self._registry.algorithms(query.wanted(), query.paging()), query)

    @operation(
        "Register a model as a version of an endpoint",
        {201: AlgorithmAnswer, 200: AlgorithmAnswer},
        body=RegistrationRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, body: RegistrationRequest) -> tuple[AlgorithmAnswer, int]:
        """Answer 201 with the new version, or 200 with the one that there is of the same model."""
        registered = self._registration.register(body.order())
        return AlgorithmAnswer.of(registered.algorithm), 201 if registered.created else 200


class OnnxAlgorithms(Resource):  # type: ignore[misc]
    """`/api/v1/mlalgorithms/onnx`."""

    def __init__(self, registration: Registration) -> None:
        self._registration = registration

    @operation(
        "Register an ONNX file as a version of an endpoint",
        {201: AlgorithmAnswer, 200: AlgorithmAnswer},
        body=ONNX_FILE,
        query=OnnxUploadForm,
        errors=(Conflict, Invalid),
    )
    def post(self, body: bytes, query: OnnxUploadForm) -> tuple[AlgorithmAnswer, int]:
        """Answer 201 with the new version, or 200 with the one that there is of the same file."""
        registered = self._registration.register(query.order(body))
        return AlgorithmAnswer.of(registered.algorithm), 201 if registered.created else 200


class Algorithm(Resource):  # type: ignore[misc]
    """`/api/v1/mlalgorithms/<int:algorithm_id>`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @operation("Look at a version", {200: AlgorithmAnswer}, errors=(NotFound,))
    def get(self, algorithm_id: int) -> AlgorithmAnswer:
        """Answer one version."""
        return AlgorithmAnswer.of(self._registry.algorithm(str(algorithm_id)))
