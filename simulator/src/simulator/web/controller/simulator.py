"""The simulator: load and remove sets."""

from flask_restful import Resource

from servicekit.errors import NotFound
from servicekit.web.operation import operation
from simulator.service.dataset_loading import DatasetLoading
from simulator.web.schema.loading import (
    DatasetAnswer,
    LoadAnswer,
    LoadRequest,
    MessageAnswer,
    NameAnswer,
    RemoveQuery,
)


class Simulator(Resource):  # type: ignore[misc]
    """`/root/simulator`."""

    def __init__(self, loading: DatasetLoading) -> None:
        self._loading = loading

    @operation("Tell what this service is", {200: NameAnswer})
    def get(self) -> NameAnswer:
        """Answer the name of the service."""
        return NameAnswer(name="DataSimulator", message="Simulator")

    @operation("Load a set", {200: LoadAnswer}, body=LoadRequest)
    def post(self, body: LoadRequest) -> LoadAnswer:
        """Load the training, testing or production set."""
        record = self._loading.load(body.order())
        return LoadAnswer(message=f"Load {record.name} set", data=DatasetAnswer.of(record))

    @operation(
        "Remove a set with its targets and predictions",
        {200: MessageAnswer},
        query=RemoveQuery,
        errors=(NotFound,),
    )
    def delete(self, query: RemoveQuery) -> MessageAnswer:
        """Remove one set."""
        self._loading.remove(query.set_name, query.source)
        return MessageAnswer(message=f"Removed {query.set_name} set")
