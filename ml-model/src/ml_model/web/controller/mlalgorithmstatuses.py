"""What versions are used for."""

from flask_restful import Resource

from ml_model.service.registry import Registry
from ml_model.service.status_change import StatusChange
from ml_model.web.schema.registry import StatusAnswer, StatusesAnswer, StatusesQuery, StatusRequest
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation


class AlgorithmStatuses(Resource):  # type: ignore[misc]
    """`/api/v1/mlalgorithmstatuses`."""

    def __init__(self, registry: Registry, changes: StatusChange) -> None:
        self._registry = registry
        self._changes = changes

    @operation("List the statuses, the newest first", {200: StatusesAnswer}, query=StatusesQuery)
    def get(self, query: StatusesQuery) -> StatusesAnswer:
        """Answer the statuses that hold and those that held."""
        return StatusesAnswer.of(self._registry.statuses(query.wanted(), query.paging()), query)

    @operation(
        "Give a version a status",
        {201: StatusAnswer, 200: StatusAnswer},
        body=StatusRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, body: StatusRequest) -> tuple[StatusAnswer, int]:
        """Answer 201 with the new entry, or 200 with the one that there is."""
        changed = self._changes.change(body.order())
        return StatusAnswer.of(changed.status), 201 if changed.created else 200


class AlgorithmStatus(Resource):  # type: ignore[misc]
    """`/api/v1/mlalgorithmstatuses/<status_id>`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @operation("Look at an entry of the history", {200: StatusAnswer}, errors=(NotFound,))
    def get(self, status_id: str) -> StatusAnswer:
        """Answer one entry."""
        return StatusAnswer.of(self._registry.status(status_id))
