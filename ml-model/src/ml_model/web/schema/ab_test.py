"""Requests and answers about A/B tests."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from ml_model.persistence.model.ab_test_record import ABTestFilter
from ml_model.service.ab_testing import ABTestOrder, ABTestPage, ABTestView
from ml_model.serving.verdict import Rules
from servicekit.web.parsing import InvalidRequest
from servicekit.web.raw_body import RawContent
from servicekit.web.schema import Answer, QueryString, RequestBody

RowId = Annotated[int, Field(ge=1, lt=2**63)]
Person = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Decision = Literal["promote", "keep", "inconclusive", "invalid"]
MOST_ARMS = 10
ROUNDING = 0.01


class ArmRequest(RequestBody):
    """One version that takes part."""

    mlalgorithm: RowId = Field(description="Id of the version.")
    share: float | None = Field(
        None,
        gt=0,
        lt=100,
        description="Its part of the traffic in per cent; equal parts when all leave it out.",
    )


class RulesRequest(RequestBody):
    """What the verdict is judged by."""

    alpha: float = Field(
        0.05, ge=0.0001, le=0.5, description="How often at most a difference is claimed that is none."
    )
    minimum_sample: int = Field(
        100,
        ge=20,
        le=10**7,
        description="Subjects (or requests without one) with feedback that each arm needs.",
    )
    tightest_at: int = Field(
        2000, ge=50, le=10**8, description="Feedback of two arms at which their comparison is sharpest."
    )
    max_error_share: float = Field(
        0.01, ge=0, le=1, description="Share of errors up to which a challenger may win."
    )
    max_p99_ratio: float = Field(
        2.0, ge=1, le=1000, description="How many times the control's p99 a challenger's may be."
    )
    ignored_p99_ms: float = Field(
        5.0, ge=0, le=60_000, description="Milliseconds that a p99 may be longer whatever the ratio."
    )

    def rules(self) -> Rules:
        """Return the statistics' own form."""
        return Rules(**self.model_dump())


class ABTestRequest(RequestBody):
    """A test that is to begin: two versions by their own keys, or two to ten as `arms`."""

    title: str = Field(min_length=1, max_length=500)
    created_by: Person
    parent_mlalgorithm_1: RowId | None = None
    parent_mlalgorithm_2: RowId | None = None
    arms: list[ArmRequest] | None = Field(None, min_length=2, max_length=MOST_ARMS)
    control: RowId | None = Field(
        None, description="The version that others are compared with: the one in production, else the first."
    )
    rules: RulesRequest = RulesRequest()

    @model_validator(mode="after")
    def _check_arms(self) -> Self:
        pair = (self.parent_mlalgorithm_1, self.parent_mlalgorithm_2)
        if (self.arms is None) == (None in pair) or (self.arms is not None and pair != (None, None)):
            raise ValueError("give parent_mlalgorithm_1 and parent_mlalgorithm_2, or arms")
        arms = self._arms()
        if len({arm.mlalgorithm for arm in arms}) < len(arms):
            raise ValueError("a version can take part once only")
        given = [arm.share for arm in arms if arm.share is not None]
        if given and (len(given) < len(arms) or abs(sum(given) - 100) > ROUNDING):
            raise ValueError("shares must be given for all arms or none, and sum to 100")
        return self

    def order(self) -> ABTestOrder:
        """Return the use case's own form of this request."""
        arms = self._arms()
        shares = {arm.mlalgorithm: arm.share or 100 / len(arms) for arm in arms}
        return ABTestOrder(self.title, self.created_by, shares, self.rules.rules(), self.control)

    def _arms(self) -> list[ArmRequest]:
        if self.arms is not None:
            return self.arms
        pair = (self.parent_mlalgorithm_1, self.parent_mlalgorithm_2)
        return [ArmRequest(mlalgorithm=each, share=None) for each in pair if each is not None]


class StopRequest(RequestBody):
    """How a test is to be decided."""

    decide: Literal["verdict", "accuracy"] | None = Field(
        None,
        description="By the `verdict` (when left out), or by the better `accuracy`, which proves nothing.",
    )
    created_by: Person = Field("not stated", description="Who stops it.")

    @classmethod
    def read(cls, content: RawContent) -> "StopRequest":
        """Return the request that a body is; an empty body asks for nothing particular.

        Raises:
            BrokenJson, InvalidRequest
        """
        content.json()
        try:
            return cls.model_validate_json(content.data or b"{}")
        except ValidationError as fault:
            raise InvalidRequest(fault, "body") from fault


class ABTestsQuery(QueryString):
    """Which tests are wanted."""

    endpoint: str | None = Field(None, max_length=100, description="Name of the endpoint.")
    created_by: str | None = Field(None, max_length=200)
    mlalgorithm: int | None = Field(None, ge=1, lt=2**63, description="A version that takes part.")
    status: Literal["running", "ended"] | None = None
    limit: int = Field(100, ge=1, le=1000, description="Most entries to answer.")
    offset: int = Field(0, ge=0, le=10**9, description="Entries to leave out first.")

    def wanted(self) -> ABTestFilter:
        """Return the repository's own form."""
        running = None if self.status is None else self.status == "running"
        return ABTestFilter(self.endpoint, self.created_by, self.mlalgorithm, running)


class Interval(Answer):
    """Lower and upper bound."""

    lower: float
    upper: float


class ArmAnswer(Answer):
    """One version of a test and its share of the traffic."""

    mlalgorithm: int
    name: str
    version: str
    share: float = Field(description="Per cent of the traffic.")
    control: bool = Field(description="Whether the others are compared with it.")


class ArmReport(ArmAnswer):
    """One version of a test in numbers."""

    requests: int
    units: int = Field(description="Subjects, and requests without one, that were assigned to it.")
    feedback: int = Field(description="Requests whose true label is known.")
    feedback_share: float | None = Field(description="Null without requests.")
    correct: int = Field(description="Requests whose label is the true one; one that failed is not.")
    accuracy: float | None = Field(description="Null without feedback.")
    accuracy_interval: Interval | None = Field(description="95 %, for one look only.")
    errors: int
    error_share: float | None
    latency_p50_ms: float | None
    latency_p99_ms: float | None


class ComparisonAnswer(Answer):
    """A challenger's accuracy minus the control's; the bounds hold however often one looks."""

    challenger: int
    control: int
    difference: float
    lower: float
    upper: float
    confidence: float


class VerdictAnswer(Answer):
    """What the test says so far."""

    decision: Decision
    winner: int | None = Field(description="Id of the version to promote.")
    summary: str
    reasons: list[str] = Field(description="The numbers in words.")
    cautions: list[str] = Field(description="What does not change the decision but should be read.")
    comparisons: list[ComparisonAnswer]
    sample_ratio_p: float | None = Field(description="Chance of such unequal arms; below 0.001 is invalid.")


class OutcomeAnswer(Answer):
    """What happened when the test was stopped."""

    decide: Literal["verdict", "accuracy"]
    promoted: int | None = Field(description="Id of the version that went to production.")
    statuses: dict[str, str | None] = Field(description="Statuses that were set, by version.")


class ReportAnswer(Answer):
    """The arms in numbers, and the verdict."""

    arms: list[ArmReport]
    verdict: VerdictAnswer
    outcome: OutcomeAnswer | None = None


class ABTestAnswer(Answer):
    """One test."""

    id: int
    title: str
    endpoint: str
    status: Literal["running", "ended"]
    created_by: str
    created_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    summary: str | None = Field(description="What came of it, in words, once it has ended.")
    parent_mlalgorithm_1: int
    parent_mlalgorithm_2: int
    arms: list[ArmAnswer]
    rules: dict[str, Any]
    statuses_before: dict[str, str | None] = Field(description="By version.")

    @classmethod
    def of(cls, view: ABTestView) -> Self:
        """Return the answer for a test."""
        return cls(**_answer(view))


class ABTestReportAnswer(ABTestAnswer):
    """One test with its report: of now while it runs, else of the moment when it was stopped."""

    report: ReportAnswer

    @classmethod
    def of(cls, view: ABTestView) -> Self:
        """Return the answer for a test with its report."""
        return cls(**_answer(view), report=ReportAnswer.model_validate(view.report))


class StoppedAnswer(ABTestReportAnswer):
    """A test that was stopped."""

    message: str = "AB Test finished."


class ABTestsAnswer(Answer):
    """A part of the tests."""

    count: int = Field(description="All tests that fit the filters.")
    results: list[ABTestAnswer]

    @classmethod
    def of(cls, page: ABTestPage) -> "ABTestsAnswer":
        """Return the answer for a page."""
        return cls(count=page.total, results=[ABTestAnswer.of(view) for view in page.tests])


def _answer(view: ABTestView) -> dict[str, Any]:
    test, control = view.test, view.test.rules["control"]
    arms = [
        {
            "mlalgorithm": arm.algorithm_id,
            "name": arm.name,
            "version": arm.version,
            "share": arm.share,
            "control": arm.algorithm_id == control,
        }
        for arm in view.arms
    ]
    told = ("title", "endpoint", "created_by", "created_at", "ended_by", "ended_at", "summary")
    return {name: getattr(test, name) for name in told} | {
        "id": test.abtest_id,
        "status": "running" if test.ended_at is None else "ended",
        "parent_mlalgorithm_1": view.arms[0].algorithm_id,
        "parent_mlalgorithm_2": view.arms[1].algorithm_id,
        "arms": arms,
        "rules": {name: value for name, value in test.rules.items() if name != "control"},
        "statuses_before": test.before,
    }
