"""Endpoints: look at them, their history, and go back."""

from flask_restful import Resource

from ml_model.service.registry import Registry
from ml_model.service.status_change import StatusChange
from ml_model.web.schema.registry import (
    EndpointAnswer,
    EndpointsAnswer,
    EndpointsQuery,
    RollbackRequest,
    StatusAnswer,
    StatusesAnswer,
    StatusesQuery,
)
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation


class Endpoints(Resource):  # type: ignore[misc]
    """`/api/v1/endpoints`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @operation("List the endpoints by name", {200: EndpointsAnswer}, query=EndpointsQuery)
    def get(self, query: EndpointsQuery) -> EndpointsAnswer:
        """Answer endpoints with what is in production."""
        return EndpointsAnswer.of(self._registry.endpoints(query.wanted(), query.paging()), query)


class Endpoint(Resource):  # type: ignore[misc]
    """`/api/v1/endpoints/<endpoint>`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @operation("Look at an endpoint by its id or name", {200: EndpointAnswer}, errors=(NotFound,))
    def get(self, endpoint: str) -> EndpointAnswer:
        """Answer one endpoint."""
        return EndpointAnswer.of(self._registry.endpoint(endpoint))


class EndpointHistory(Resource):  # type: ignore[misc]
    """`/api/v1/endpoints/<endpoint>/history`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @operation(
        "List the changes of status at an endpoint, the newest first",
        {200: StatusesAnswer},
        query=StatusesQuery,
        errors=(NotFound,),
    )
    def get(self, endpoint: str, query: StatusesQuery) -> StatusesAnswer:
        """Answer who changed what, when, why and on what evidence."""
        wanted = query.model_copy(update={"endpoint": self._registry.endpoint(endpoint).name})
        return StatusesAnswer.of(self._registry.statuses(wanted.wanted(), query.paging()), query)


class Rollback(Resource):  # type: ignore[misc]
    """`/api/v1/endpoints/<endpoint>/rollback`."""

    def __init__(self, registry: Registry, changes: StatusChange) -> None:
        self._registry = registry
        self._changes = changes

    @operation(
        "Put the version in production that was there before",
        {200: StatusAnswer},
        body=RollbackRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, endpoint: str, body: RollbackRequest) -> StatusAnswer:
        """Answer the entry that is in production now."""
        found = self._registry.endpoint(endpoint)
        return StatusAnswer.of(self._changes.roll_back(found, body.created_by, body.reason))
