"""What monitoring is asked."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, WithJsonSchema, field_validator

from monitoring.service.checks.groups import GROUPS, check_names
from monitoring.service.set_reading import Choice
from servicekit.web.schema import QueryString, RequestBody

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
MetricName = Literal["report", "tests", "summary"]


def _groups_schema() -> dict[str, Any]:
    """Describe the known groups, at least one of them true, as `check_names` wants them."""
    return {
        "type": "object",
        "properties": {name: {"type": "boolean"} for name in GROUPS},
        "additionalProperties": False,
        "anyOf": [{"required": [name], "properties": {name: {"const": True}}} for name in GROUPS],
    }


Groups = Annotated[dict[str, bool], WithJsonSchema(_groups_schema())]


class MonitoringRequest(RequestBody):
    """What to compute, and of which sets."""

    metric: MetricName = Field(
        description="report: what Evidently measures; tests: each test with its status; summary: the tests "
        "counted, with a verdict on re-training."
    )
    tests: Groups | None = Field(
        None,
        description="For tests and summary, the groups to run: data_drift, data_quality, data_stability, "
        "no_target_performance, multi_class_classification (where numbers are predicted: "
        "regression_performance). All when left out.",
        examples=[{"data_drift": True, "data_quality": False}],
    )
    source: Name | None = Field(None, description="Data source; the default is a setting.")
    reference: Name | None = Field(None, description="Set to compare with; testing unless set otherwise.")
    current: Name | None = Field(None, description="Set to judge; production unless set otherwise.")

    @field_validator("tests")
    @classmethod
    def _known_groups(cls, tests: Mapping[str, bool] | None) -> Mapping[str, bool] | None:
        check_names(tests)
        return tests

    def choice(self) -> Choice:
        """Return the use cases' own form of the sets."""
        return Choice(self.source, self.reference, self.current)

    def notes(self) -> list[str]:
        """Say what of the request has no effect."""
        if self.metric == "report" and self.tests is not None:
            return ["`tests` chooses groups of tests; a report always has all its sections."]
        return []


class PageQuery(QueryString):
    """Which sets the page compares."""

    source: Name | None = None
    reference: Name | None = None
    current: Name | None = None

    def choice(self) -> Choice:
        """Return the use cases' own form of the sets."""
        return Choice(self.source, self.reference, self.current)
