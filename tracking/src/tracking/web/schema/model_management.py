"""Requests and answers of tuning and deploying."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel, StringConstraints

from modelcatalogue import entries, scores
from servicekit.web.schema import Answer, RequestBody
from tracking.service.experiment_naming import ExperimentLabel
from tracking.service.optimization import OptimizationOrder, OptimizationResult
from tracking.service.search_plan import SearchPlan
from tracking.web.schema.identifiers import NO_NUL, Name, RunId
from tracking.web.schema.texts import Line, Lines, Title

# What is not in these lists is answered by the use case, with the names that there are.
ModelName = Annotated[Name, Field(json_schema_extra={"enum": list(entries.names())})]
Scoring = Annotated[Name, Field(json_schema_extra={"enum": list(scores.SCORINGS)})]
HyperparameterValue = bool | int | float | Annotated[str, StringConstraints(max_length=100), NO_NUL] | None


class OptimizationRequest(RequestBody):
    """Tune models and keep the runs in an experiment."""

    request_information: Literal["optimization"]
    experiment_name: Title = Field(description="An experiment of this name gets more runs.")
    experiment_description: Lines | None = Field(None, description="Kept with a new experiment.")
    experiment_owner: Line | None = Field(None, description="Kept with a new experiment.")
    models: list[ModelName] = Field(min_length=1, max_length=100, description="What to tune, in this order.")
    hyperparameters: dict[Name, dict[Name, list[HyperparameterValue]]] = Field(
        description="For each model, the values to try of each hyperparameter."
    )
    scoring: Scoring = Field("accuracy", description="What the search maximizes; scikit-learn's names.")
    cv: int = Field(
        5, ge=2, description="Folds of the cross-validation; at most the samples of the smallest class."
    )
    preprocessing: Literal["standard", "none"] = Field(
        "standard", description="`standard` scales the features; both fill in missing values."
    )
    source: Name | None = Field(None, description="Data source; the default is a setting.")

    def order(self) -> OptimizationOrder:
        """Return the use case's own form of this request."""
        return OptimizationOrder(
            ExperimentLabel(self.experiment_name, self.experiment_description, self.experiment_owner),
            SearchPlan(tuple(self.models), self.hyperparameters, self.scoring, self.cv, self.preprocessing),
            self.source,
        )


class SettingRequest(RequestBody):
    """Deploy the model of a run."""

    request_information: Literal["setting"]
    run_id: RunId


class ModelManagementRequest(
    RootModel[Annotated[OptimizationRequest | SettingRequest, Field(discriminator="request_information")]]
):
    """Tune models (`optimization`) or deploy one (`setting`)."""


class FailedRun(Answer):
    """A run that failed, and why."""

    run_id: str
    reason: str


class OptimizationData(Answer):
    """The runs that were recorded, by model name."""

    experiment_id: str
    run_ids: dict[str, str] = Field(description="Finished runs.")
    failed: dict[str, FailedRun] = Field(description="Failed runs.")


class OptimizationAnswer(Answer):
    """An optimization ended."""

    message: str
    data: OptimizationData

    @classmethod
    def of(cls, result: OptimizationResult) -> "OptimizationAnswer":
        """Return the answer for what was recorded."""
        finished, all_runs = len(result.finished), len(result.finished) + len(result.failed)
        return cls(
            message=f"Optimization finished: {finished} of {all_runs} models tuned",
            data=OptimizationData(
                experiment_id=result.experiment_id,
                run_ids=result.finished,
                failed={
                    name: FailedRun(run_id=run.run_id, reason=run.failure or "")
                    for name, run in result.failed.items()
                },
            ),
        )


class SettingAnswer(Answer):
    """What ml-model said."""

    model_config = ConfigDict(extra="allow")

    message: str
