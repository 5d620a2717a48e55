"""Monitoring: report, tests and summary."""

from flask_restful import Resource

from monitoring.service.drift_report import DriftReport
from monitoring.service.group_testing import GroupTesting
from monitoring.web.schema.answers import (
    AllTestsAnswer,
    MonitoringAnswer,
    NameAnswer,
    ReportAnswer,
    SummaryAnswer,
)
from monitoring.web.schema.requests import MonitoringRequest
from servicekit.errors import Conflict
from servicekit.web.operation import operation


class Monitoring(Resource):  # type: ignore[misc]
    """`/root/monitoring`."""

    def __init__(self, report: DriftReport, testing: GroupTesting) -> None:
        self._report = report
        self._testing = testing

    @operation("Tell what this service is", {200: NameAnswer})
    def get(self) -> NameAnswer:
        """Answer the name of the service."""
        return NameAnswer(name="EvidentlyAI", message="Monitoring")

    @operation(
        "Compare the current set with the reference",
        {200: MonitoringAnswer},
        body=MonitoringRequest,
        errors=(Conflict,),
    )
    def post(self, body: MonitoringRequest) -> MonitoringAnswer:
        """Answer a report, the tests or their summary."""
        metrics = {"report": self._reported, "tests": self._tested, "summary": self._summarized}
        return MonitoringAnswer(message=metrics[body.metric](body))

    def _reported(self, body: MonitoringRequest) -> ReportAnswer:
        return ReportAnswer.of(self._report.make(body.choice()), body.notes())

    def _tested(self, body: MonitoringRequest) -> AllTestsAnswer:
        return AllTestsAnswer.of(self._testing.run(body.choice(), body.tests))

    def _summarized(self, body: MonitoringRequest) -> SummaryAnswer:
        return SummaryAnswer.of(self._testing.run(body.choice(), body.tests))
