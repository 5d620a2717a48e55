"""Single predictions: what is asked and what is answered."""

from typing import Any, Literal

import orjson
from pydantic import Field, RootModel, StrictBool, StrictFloat, StrictInt, StrictStr

from ml_model.service.serving import Answered, PredictionOrder
from ml_model.serving.served_model import Explanation
from servicekit.errors import Invalid
from servicekit.web.schema import Answer, QueryString

Status = Literal["testing", "staging", "production", "ab_testing"]
Label = StrictBool | StrictInt | StrictFloat | StrictStr


class Features(RootModel[dict[str, StrictBool | StrictInt | StrictFloat | StrictStr | None]]):
    """Values by the features' names, in any order."""


class PredictionQuery(QueryString):
    """Which version is meant, and what is to be said of it."""

    status: Status | None = Field(None, description="Of the version that is to answer.")
    version: str | None = Field(
        None, min_length=1, max_length=200, description="`2`, or `name:2` where several names have one."
    )
    subject: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Whom the row is about: the same subject stays in the same arm of an A/B test.",
    )
    explain: bool = Field(default=False, description="Whether to say which features moved the answer.")

    def order(self, endpoint: str, features: Any) -> PredictionOrder:
        """Put path, query and body together."""
        if not isinstance(features, dict):
            raise Invalid('Send one JSON object with the features by their names, like {"alcohol": 13.2}.')
        return PredictionOrder(endpoint, features, self.status, self.version, self.subject, self.explain)


class ExplanationAnswer(Answer):
    """SHAP values of one row for its label; `base_value` and `values` add up to `value`."""

    label: Any
    base_value: float
    value: float
    values: dict[str, float] = Field(description="What each feature adds, the largest first.")
    unit: str
    method: str


class PredictionAnswer(Answer):
    """One answered row."""

    request_id: str
    label: Any = Field(description="The predicted label.")
    probabilities: dict[str, float] | None = Field(description="By label; null where the model has none.")
    endpoint: str
    algorithm: str
    model_version: str
    status: str = Field(description="Under which the version answered.")
    mlalgorithm: int
    abtest: int | None
    explanation: ExplanationAnswer | None = None
    kept: bool = Field(description="Whether it can be asked for and given feedback by its request_id.")

    @staticmethod
    def encode(answered: Answered) -> bytes:
        """Write the answer as JSON; a model of it would take longer than the prediction."""
        version = answered.target.version
        document = {
            "request_id": answered.request_id,
            "label": answered.label,
            "probabilities": answered.probabilities,
            "endpoint": version.endpoint,
            "algorithm": version.name,
            "model_version": version.version,
            "status": answered.target.purpose,
            "mlalgorithm": version.algorithm_id,
            "abtest": answered.target.abtest_id,
            "kept": answered.kept,
        }
        if answered.explanation is not None:
            document["explanation"] = _explanation(answered.explanation)
        return orjson.dumps(document)


def _explanation(explanation: Explanation) -> dict[str, Any]:
    largest_first = sorted(explanation.values.items(), key=lambda each: -abs(each[1]))
    return {**vars(explanation), "values": dict(largest_first)}
