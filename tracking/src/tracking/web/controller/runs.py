"""The runs of an experiment."""

from flask_restful import Resource

from servicekit.errors import NotFound, UpstreamFailed
from servicekit.web.operation import operation
from tracking.service.run_archive import RunArchive
from tracking.web.schema.message import MessageAnswer
from tracking.web.schema.runs import (
    ParametersRequest,
    RunAnswer,
    RunQuery,
    RunRequest,
    RunsAnswer,
    RunsQuery,
)


class Runs(Resource):  # type: ignore[misc]
    """`/root/tracking/runs`."""

    def __init__(self, archive: RunArchive) -> None:
        self._archive = archive

    @operation(
        "List the runs of an experiment, the newest first",
        {200: RunsAnswer},
        query=RunsQuery,
        errors=(NotFound,),
    )
    def get(self, query: RunsQuery) -> RunsAnswer:
        """Answer the runs, all or a page of them."""
        return RunsAnswer.of(self._archive.listed(query.experiment_id, query.limit, query.offset))

    @operation("Read parameters or metrics of a run", {200: RunAnswer}, body=RunRequest, errors=(NotFound,))
    def post(self, body: RunRequest) -> RunAnswer:
        """Answer those of one type, without the type in front of their names."""
        wanted = body.root
        run = (wanted.experiment_id, wanted.run_id)
        if isinstance(wanted, ParametersRequest):
            parameters = self._archive.parameters(*run, wanted.type)
            return RunAnswer(message="Parameters Retrieved", data=parameters)
        return RunAnswer(message="Metrics Retrieved", data=self._archive.metrics(*run, wanted.type))

    @operation("Delete a run", {200: MessageAnswer}, query=RunQuery, errors=(NotFound, UpstreamFailed))
    def delete(self, query: RunQuery) -> MessageAnswer:
        """Delete a run of an experiment."""
        self._archive.delete(query.experiment_id, query.run_id)
        return MessageAnswer(message=f"Run {query.run_id} deleted successfully.")
