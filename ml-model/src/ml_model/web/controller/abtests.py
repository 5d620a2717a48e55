"""A/B tests."""

from flask_restful import Resource

from ml_model.service.ab_testing import ABTesting
from ml_model.web.schema.ab_test import (
    ABTestAnswer,
    ABTestReportAnswer,
    ABTestRequest,
    ABTestsAnswer,
    ABTestsQuery,
    StoppedAnswer,
    StopRequest,
)
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation
from servicekit.web.raw_body import RawBody, RawContent


class ABTests(Resource):  # type: ignore[misc]
    """`/api/v1/abtests`."""

    def __init__(self, testing: ABTesting) -> None:
        self._testing = testing

    @operation("List the A/B tests, the newest first", {200: ABTestsAnswer}, query=ABTestsQuery)
    def get(self, query: ABTestsQuery) -> ABTestsAnswer:
        """Answer tests with their arms, without counting anything."""
        return ABTestsAnswer.of(self._testing.listed(query.wanted(), query.limit, query.offset))

    @operation(
        "Let versions of an endpoint share its traffic",
        {201: ABTestAnswer},
        body=ABTestRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, body: ABTestRequest) -> ABTestAnswer:
        """Begin a test."""
        return ABTestAnswer.of(self._testing.create(body.order()))


class ABTest(Resource):  # type: ignore[misc]
    """`/api/v1/abtests/<abtest_id>`."""

    def __init__(self, testing: ABTesting) -> None:
        self._testing = testing

    @operation("Tell what an A/B test says so far", {200: ABTestReportAnswer}, errors=(NotFound,))
    def get(self, abtest_id: str) -> ABTestReportAnswer:
        """Answer each arm's numbers and the verdict, which holds however often one looks."""
        return ABTestReportAnswer.of(self._testing.get(abtest_id))


class StopABTest(Resource):  # type: ignore[misc]
    """`/api/v1/stop_ab_test/<abtest_id>`."""

    def __init__(self, testing: ABTesting) -> None:
        self._testing = testing

    @operation(
        "End an A/B test and act on what it says",
        {200: StoppedAnswer},
        body=RawBody(StopRequest, optional=True),
        errors=(NotFound, Conflict),
    )
    def post(self, abtest_id: str, body: RawContent) -> StoppedAnswer:
        """Promote the winner, or bring the statuses from before the test back."""
        asked = StopRequest.read(body)
        return StoppedAnswer.of(self._testing.stop(abtest_id, asked.decide, asked.created_by))
