"""Versions in the shadow."""

from flask_restful import Resource

from ml_model.service.shadowing import Shadowing
from ml_model.web.schema.shadow import (
    ShadowAnswer,
    ShadowReportAnswer,
    ShadowRequest,
    ShadowsAnswer,
    ShadowsQuery,
)
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation


class Shadows(Resource):  # type: ignore[misc]
    """`/api/v1/shadows`."""

    def __init__(self, shadowing: Shadowing) -> None:
        self._shadowing = shadowing

    @operation("List versions in the shadow, the newest first", {200: ShadowsAnswer}, query=ShadowsQuery)
    def get(self, query: ShadowsQuery) -> ShadowsAnswer:
        """Answer shadows, without counting anything."""
        page = self._shadowing.listed(query.endpoint, query.running, query.limit, query.offset)
        return ShadowsAnswer.of(page)

    @operation(
        "Give a version copies of its endpoint's requests",
        {201: ShadowAnswer},
        body=ShadowRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, body: ShadowRequest) -> ShadowAnswer:
        """Put a version into the shadow; it answers nobody."""
        return ShadowAnswer.of(self._shadowing.create(body.order()))


class Shadow(Resource):  # type: ignore[misc]
    """`/api/v1/shadows/<shadow_id>`."""

    def __init__(self, shadowing: Shadowing) -> None:
        self._shadowing = shadowing

    @operation("Compare a shadow with what was answered", {200: ShadowReportAnswer}, errors=(NotFound,))
    def get(self, shadow_id: str) -> ShadowReportAnswer:
        """Answer agreement, both accuracies, disagreements by class, and latencies."""
        return ShadowReportAnswer.of_view(self._shadowing.get(shadow_id))


class StopShadow(Resource):  # type: ignore[misc]
    """`/api/v1/stop_shadow/<shadow_id>`."""

    def __init__(self, shadowing: Shadowing) -> None:
        self._shadowing = shadowing

    @operation("Give a version no more copies", {200: ShadowReportAnswer}, errors=(NotFound,))
    def post(self, shadow_id: str) -> ShadowReportAnswer:
        """Take a version out of the shadow."""
        return ShadowReportAnswer.of_view(self._shadowing.stop(shadow_id))
