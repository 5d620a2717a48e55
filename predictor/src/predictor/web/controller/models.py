"""Trained models."""

from flask import Response
from flask_restful import Resource

from predictor.service.model_plot import ModelPlot
from predictor.service.model_registry import ModelRegistry
from predictor.web.schema.model import ActivatedAnswer, ModelAnswer, ModelsAnswer, PictureQuery
from predictor.web.schema.paging import Page
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation

MIME_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


class Models(Resource):  # type: ignore[misc]
    """`/api/models`."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    @operation("List the trained models, the newest first", {200: ModelsAnswer}, query=Page)
    def get(self, query: Page) -> ModelsAnswer:
        """Answer models with their scores, their number, and which one is active."""
        return ModelsAnswer.of(self._registry.listed(query.limit, query.offset))


class LatestModel(Resource):  # type: ignore[misc]
    """`/api/models/latest`."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    @operation("Tell everything about the active model", {200: ModelAnswer}, errors=(Conflict,))
    def get(self) -> ModelAnswer:
        """Answer the model that predicts now."""
        return ModelAnswer.of_view(self._registry.active())


class Model(Resource):  # type: ignore[misc]
    """`/api/models/<model_id>`."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    @operation("Tell everything about a model", {200: ModelAnswer}, errors=(NotFound,))
    def get(self, model_id: str) -> ModelAnswer:
        """Answer a model's scores, report, track record and history of activations."""
        return ModelAnswer.of_view(self._registry.get(model_id))


class ModelActivation(Resource):  # type: ignore[misc]
    """`/api/models/<model_id>/activate`."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    @operation("Let a model predict from now on", {200: ActivatedAnswer}, errors=(NotFound, Conflict))
    def post(self, model_id: str) -> ActivatedAnswer:
        """Switch to a model; every worker process sees it at its next request."""
        model = self._registry.activate(model_id).model
        return ActivatedAnswer(model_id=model.model_id, model_version=model.version)


class ModelPicture(Resource):  # type: ignore[misc]
    """`/api/models/<model_id>/plot`."""

    def __init__(self, plot: ModelPlot) -> None:
        self._plot = plot

    @operation(
        "Draw predicted against real times",
        {200: tuple(MIME_TYPES.values())},
        query=PictureQuery,
        errors=(NotFound, Conflict),
    )
    def get(self, model_id: str, query: PictureQuery) -> Response:
        """Answer a picture of held-out and validated predictions."""
        return Response(self._plot.draw(model_id, query.format), mimetype=MIME_TYPES[query.format])
