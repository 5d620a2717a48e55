"""What the service has and does."""

from flask import current_app
from flask_restful import Resource

from predictor.service.status import Status as StatusOfService
from predictor.web.schema.status import StatusAnswer
from servicekit.web.operation import operation


class Status(Resource):  # type: ignore[misc]
    """`/api/status`."""

    def __init__(self, status: StatusOfService) -> None:
        self._status = status

    @operation("Tell health and statistics", {200: StatusAnswer})
    def get(self) -> StatusAnswer:
        """Answer active model, models, jobs, samples, worker and scheduler."""
        return StatusAnswer.of(self._status.look(), current_app.name)
