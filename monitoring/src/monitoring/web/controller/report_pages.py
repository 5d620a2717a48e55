"""The report as a page for people."""

from flask import Response
from flask_restful import Resource

from monitoring.service.report_page import ReportPage
from monitoring.web.schema.requests import PageQuery
from servicekit.web.parsing import read_query


class ReportPages(Resource):  # type: ignore[misc]
    """`/root/monitoring/report.html`; a page, so no part of the OpenAPI document."""

    def __init__(self, page: ReportPage) -> None:
        self._page = page

    def get(self) -> Response:
        """Answer Evidently's own page."""
        return Response(self._page.draw(read_query(PageQuery).choice()), mimetype="text/html")
