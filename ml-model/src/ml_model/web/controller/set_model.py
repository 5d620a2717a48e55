"""Deploying a model."""

from flask_restful import Resource

from ml_model.service.deployment import Deployment
from ml_model.web.schema.setting import DeployedAnswer, SetModelAnswer, SetModelRequest
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation


class SetModel(Resource):  # type: ignore[misc]
    """`/root/ml/set_model`."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @operation("Deploy a model", {200: SetModelAnswer}, body=SetModelRequest, errors=(NotFound, Conflict))
    def post(self, body: SetModelRequest) -> SetModelAnswer:
        """Deploy a model from the catalogue or from a run."""
        record = self._deployment.deploy(body.order())
        return SetModelAnswer(message="Model successfully uploaded", data=DeployedAnswer.of(record))
