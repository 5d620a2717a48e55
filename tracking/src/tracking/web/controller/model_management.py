"""Tuning and deploying."""

import json

from flask import Response
from flask_restful import Resource

from servicekit.errors import Conflict, NotFound, UpstreamFailed, UpstreamTimeout
from servicekit.web.operation import operation
from tracking.service.deployment import Deployment
from tracking.service.optimization import Optimization
from tracking.web.schema.model_management import (
    ModelManagementRequest,
    OptimizationAnswer,
    SettingAnswer,
    SettingRequest,
)


class ModelManagement(Resource):  # type: ignore[misc]
    """`/root/tracking/model_management`."""

    def __init__(self, optimization: Optimization, deployment: Deployment) -> None:
        self._optimization = optimization
        self._deployment = deployment

    @operation(
        "Tune models by grid search, or deploy the model of a run",
        {201: OptimizationAnswer, 200: SettingAnswer},
        body=ModelManagementRequest,
        errors=(NotFound, Conflict, UpstreamFailed, UpstreamTimeout),
    )
    def post(self, body: ModelManagementRequest) -> OptimizationAnswer | Response:
        """Record a run for each model, or pass one on to ml-model and answer what it said."""
        request = body.root
        if isinstance(request, SettingRequest):
            said = self._deployment.deploy(request.run_id)
            return Response(json.dumps(said.body), status=said.status, mimetype="application/json")
        return OptimizationAnswer.of(self._optimization.optimize(request.order()))
