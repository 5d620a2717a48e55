"""Kept predictions."""

from flask_restful import Resource

from ml_model.service.feedback import Feedback
from ml_model.service.feedback_errors import FeedbackDiffers, RequestNotFound
from ml_model.service.kept_requests import KeptRequests
from ml_model.web.schema.request import FeedbackRequest, RequestAnswer, RequestsAnswer, RequestsQuery
from servicekit.web.operation import operation


class Requests(Resource):  # type: ignore[misc]
    """`/api/v1/mlrequests`."""

    def __init__(self, requests: KeptRequests) -> None:
        self._requests = requests

    @operation("List predictions", {200: RequestsAnswer}, query=RequestsQuery)
    def get(self, query: RequestsQuery) -> RequestsAnswer:
        """Answer a page, the newest first."""
        total, found = self._requests.page(query.wanted, query.limit, query.offset)
        rows = [RequestAnswer.of(record) for record in found]
        return RequestsAnswer(total=total, limit=query.limit, offset=query.offset, requests=rows)


class Request(Resource):  # type: ignore[misc]
    """`/api/v1/mlrequests/<request_id>`."""

    def __init__(self, requests: KeptRequests, feedback: Feedback) -> None:
        self._requests = requests
        self._feedback = feedback

    @operation("Show one prediction", {200: RequestAnswer}, errors=(RequestNotFound,))
    def get(self, request_id: str) -> RequestAnswer:
        """Answer input, label and feedback."""
        return RequestAnswer.of(self._requests.get(request_id))

    @operation(
        "Tell the true label of one prediction",
        {200: RequestAnswer},
        body=FeedbackRequest,
        errors=(RequestNotFound, FeedbackDiffers),
    )
    def put(self, request_id: str, body: FeedbackRequest) -> RequestAnswer:
        """Keep the true label; the same again is fine."""
        return RequestAnswer.of(self._feedback.give(body.truth(request_id)))
