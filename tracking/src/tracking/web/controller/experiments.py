"""The experiments that are kept."""

from flask_restful import Resource

from servicekit.errors import Conflict, NotFound, UpstreamFailed
from servicekit.web.operation import operation
from tracking.service.experiment_archive import ExperimentArchive
from tracking.service.run_comparison import RunComparison
from tracking.web.schema.experiments import (
    BestModelRequest,
    BestRunData,
    ExperimentAnswer,
    ExperimentQuery,
    ExperimentRequest,
    ExperimentRow,
    ExperimentsAnswer,
    GeneralRequest,
    OverviewData,
)
from tracking.web.schema.message import MessageAnswer


class Experiments(Resource):  # type: ignore[misc]
    """`/root/tracking/experiments`."""

    def __init__(self, archive: ExperimentArchive, comparison: RunComparison) -> None:
        self._archive = archive
        self._comparison = comparison

    @operation("List the experiments, the newest first", {200: ExperimentsAnswer})
    def get(self) -> ExperimentsAnswer:
        """Answer each experiment with the number of its runs."""
        rows = [ExperimentRow.of(experiment) for experiment in self._archive.listed()]
        return ExperimentsAnswer(message="Experiments retrieved successfully", data=rows)

    @operation(
        "Describe an experiment, find its best run, or summarize its metrics",
        {200: ExperimentAnswer},
        body=ExperimentRequest,
        errors=(NotFound,),
    )
    def post(self, body: ExperimentRequest) -> ExperimentAnswer:
        """Answer what `request_information` asks for."""
        wanted = body.root
        if isinstance(wanted, GeneralRequest):
            overview = OverviewData.of(self._archive.overview(wanted.experiment_id))
            return ExperimentAnswer(message="Information Retrieved", data=overview)
        if isinstance(wanted, BestModelRequest):
            best = BestRunData.of(self._comparison.best(wanted.experiment_id, wanted.filter))
            return ExperimentAnswer(message="Best model and run retrieved successfully.", data=best)
        statistics = self._comparison.statistics(wanted.experiment_id, wanted.filter)
        return ExperimentAnswer(message="Statistics Retrieved", data=statistics)

    @operation(
        "Delete an experiment with its runs",
        {200: MessageAnswer},
        query=ExperimentQuery,
        errors=(NotFound, Conflict, UpstreamFailed),
    )
    def delete(self, query: ExperimentQuery) -> MessageAnswer:
        """Delete an experiment; its name is free from then on."""
        self._archive.delete(query.experiment_id)
        return MessageAnswer(message=f"Experiment {query.experiment_id} deleted successfully.")
