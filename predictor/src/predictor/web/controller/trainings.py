"""Training jobs."""

from flask_restful import Resource

from predictor.service.training_requests import TrainingRequests
from predictor.web.schema.paging import Page
from predictor.web.schema.training import JobAnswer, JobsAnswer, SubmittedAnswer, TrainingRequest
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation


class Trainings(Resource):  # type: ignore[misc]
    """`/api/train/performance-model`."""

    def __init__(self, trainings: TrainingRequests, default_database: str) -> None:
        self._trainings = trainings
        self._default_database = default_database

    @operation("List the training jobs, the newest first", {200: JobsAnswer}, query=Page)
    def get(self, query: Page) -> JobsAnswer:
        """Answer jobs with their state."""
        return JobsAnswer(
            jobs=[JobAnswer.of(view) for view in self._trainings.listed(query.limit, query.offset)]
        )

    @operation(
        "Train a model in the background",
        {202: SubmittedAnswer, 200: SubmittedAnswer},
        body=TrainingRequest,
    )
    def post(self, body: TrainingRequest) -> tuple[SubmittedAnswer, int]:
        """Queue a job, or answer the one that does the same, or the model that there is."""
        view, is_new = self._trainings.submit(body.order(self._default_database))
        return SubmittedAnswer.of(view, is_new=is_new), 202 if view.job.is_live else 200


class Training(Resource):  # type: ignore[misc]
    """`/api/train/performance-model/<job_id>`."""

    def __init__(self, trainings: TrainingRequests) -> None:
        self._trainings = trainings

    @operation("Tell how a training job is doing", {200: JobAnswer}, errors=(NotFound,))
    def get(self, job_id: str) -> JobAnswer:
        """Answer state, progress and, at the end, scores or the reason of the failure."""
        return JobAnswer.of(self._trainings.get(job_id))


class TrainingCancellation(Resource):  # type: ignore[misc]
    """`/api/train/performance-model/<job_id>/cancel`."""

    def __init__(self, trainings: TrainingRequests) -> None:
        self._trainings = trainings

    @operation("Cancel a training job", {200: JobAnswer}, errors=(NotFound, Conflict))
    def post(self, job_id: str) -> JobAnswer:
        """End a job that is under way."""
        return JobAnswer.of(self._trainings.cancel(job_id))
