"""Requests and answers of predictions."""

from typing import Any, Literal

from pydantic import Field, field_validator

from predictor.service.predicting import Answered, PredictionOrder
from predictor.web.schema.features import Features, FeatureValues
from predictor.web.schema.names import ConfidenceLevel, DatabaseName, QueryHash
from servicekit.web.schema import Answer, RequestBody


class PredictionRequest(RequestBody):
    """Which query, in which circumstances."""

    query_hash: QueryHash = Field(description="The query's fingerprint.")
    database_name: DatabaseName | None = Field(
        None, description="Observed database; the setting's by default."
    )
    parameters: FeatureValues = Field(
        default_factory=FeatureValues,
        description="Features that differ from the query's newest window, for example the concurrency.",
    )
    features: FeatureValues | None = Field(
        None, description="Features of a query without history; nothing is looked up then."
    )
    plan: dict[str, Any] | list[dict[str, Any]] | None = Field(
        None,
        description="The statement's own plan, as EXPLAIN (VERBOSE, FORMAT JSON) answers it, in place of the "
        "newest window's.",
    )
    scenario: Literal["current", "optimized"] = Field(
        "current", description="The query as it is, or with what would help it."
    )
    confidence_level: ConfidenceLevel | None = Field(
        None, description="Share of real times that the interval is to cover; the setting's by default."
    )
    explain: bool = Field(default=False, description="Say which features moved the prediction.")

    @field_validator("features")
    @classmethod
    def _says_something(cls, features: Features | None) -> Features | None:
        """Refuse to answer for a query that nothing is known of."""
        if features is not None and not features.known():
            raise ValueError("name at least one feature")
        return features

    def order(self, default_database: str, default_level: float) -> PredictionOrder:
        """Return the use case's own form of this request."""
        return PredictionOrder(
            query_hash=self.query_hash,
            database_name=self.database_name or default_database,
            features=None if self.features is None else self.features.known(),
            parameters=self.parameters.known(),
            plan=self._plan(),
            scenario=self.scenario,
            confidence_level=self.confidence_level or default_level,
            explained=self.explain,
        )

    def _plan(self) -> dict[str, Any] | None:
        """Return the document itself; EXPLAIN wraps it in a list."""
        if isinstance(self.plan, list):
            return self.plan[0] if self.plan else {}
        return self.plan


class IntervalAnswer(Answer):
    """Where the real time is expected."""

    lower_bound_ms: float | None
    upper_bound_ms: float | None
    std_dev_ms: float | None = Field(
        description="Half the width of the interval that covers 68.27 % of real times."
    )
    confidence_level: float = Field(description="Share of real times that the interval is to cover.")
    reason: str | None = Field(description="Why there are no bounds, where there are none.")


class ChangeAnswer(Answer):
    """An improvement that the optimized scenario assumes."""

    name: str
    assumption: str
    change_ms: float = Field(description="How it changes the prediction.")


class OptimizationAnswer(Answer):
    """What the optimized scenario assumes."""

    current_execution_time_ms: float
    changes: list[ChangeAnswer]
    message: str


class ContributionAnswer(Answer):
    """How far one feature moved the prediction."""

    feature: str
    value: float | None
    contribution_ms: float


class ExplanationAnswer(Answer):
    """Why the prediction is what it is: base and contributions add up to it."""

    base_ms: float = Field(description="Mean prediction over a sample of the training queries.")
    contributions: list[ContributionAnswer] = Field(description="The largest first.")


class PredictionAnswer(Answer):
    """How long the query will take."""

    prediction_id: str = Field(description="For POST /api/validate/prediction.")
    query_hash: int
    database_name: str
    scenario: Literal["current", "optimized"]
    predicted_execution_time_ms: float
    confidence_score: float = Field(
        description="Probability that the real time lies within a factor of 1.5 of the prediction."
    )
    confidence_interval: IntervalAnswer
    features_from: Literal["own plan", "newest window"] = Field(
        description="What the prediction starts from: features or plan of the request, or the query's newest "
        "window, whose constants and circumstances may differ; the interval is calibrated for that."
    )
    model_version: str
    optimization: OptimizationAnswer | None
    explanation: ExplanationAnswer | None

    @classmethod
    def of(cls, answered: Answered) -> "PredictionAnswer":
        """Return the answer for a prediction."""
        prediction, order = answered.prediction, answered.order
        return cls(
            prediction_id=answered.prediction_id,
            query_hash=order.query_hash,
            database_name=order.database_name,
            scenario=order.scenario,
            predicted_execution_time_ms=prediction.execution_time_ms,
            confidence_score=prediction.confidence_score,
            confidence_interval=IntervalAnswer(
                lower_bound_ms=prediction.lower_bound_ms,
                upper_bound_ms=prediction.upper_bound_ms,
                std_dev_ms=prediction.std_dev_ms,
                confidence_level=order.confidence_level,
                reason=prediction.interval_reason,
            ),
            features_from="own plan" if order.basis == "own" else "newest window",
            model_version=answered.model_version,
            optimization=_optimization(answered),
            explanation=_explanation(answered),
        )


def _optimization(answered: Answered) -> OptimizationAnswer | None:
    plan = answered.plan
    if plan is None:
        return None
    return OptimizationAnswer(
        current_execution_time_ms=plan.current_ms,
        changes=[ChangeAnswer(**vars(change)) for change in plan.changes],
        message=plan.explanation,
    )


def _explanation(answered: Answered) -> ExplanationAnswer | None:
    explanation = answered.explanation
    if explanation is None:
        return None
    return ExplanationAnswer(
        base_ms=explanation.base_ms,
        contributions=[
            ContributionAnswer(feature=each.feature, value=each.value, contribution_ms=each.milliseconds)
            for each in explanation.contributions
        ],
    )
