"""Requests and answers about runs."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from servicekit.web.schema import Answer, QueryString, RequestBody
from tracking.persistence.model.run import RunRecord
from tracking.service.run_archive import MetricType, ParameterType, RunPage
from tracking.service.run_vocabulary import MODEL_TAG, TYPE_TAG, UNKNOWN
from tracking.web.schema.identifiers import ExperimentId, RunId
from tracking.web.schema.times import as_text


class ParametersRequest(RequestBody):
    """Read the parameters of a run."""

    experiment_id: ExperimentId
    run_id: RunId
    request_information: Literal["parameters"]
    type: ParameterType = Field(description="Of the data, of the grid search, or of the model that it found.")


class MetricsRequest(RequestBody):
    """Read the metrics of a run."""

    experiment_id: ExperimentId
    run_id: RunId
    request_information: Literal["metrics"]
    type: MetricType = Field(description="What the run cost, or how well its model does.")


class RunRequest(
    RootModel[Annotated[ParametersRequest | MetricsRequest, Field(discriminator="request_information")]]
):
    """What to tell of a run."""


class RunsQuery(QueryString):
    """Which experiment's runs, and how many of them."""

    experiment_id: ExperimentId
    limit: int | None = Field(None, ge=1, le=10_000, description="Most runs to list; all without it.")
    offset: int = Field(0, ge=0, le=10**9, description="How many of the newest runs to leave out.")


class RunQuery(QueryString):
    """Which run."""

    experiment_id: ExperimentId
    run_id: RunId


class RunRow(Answer):
    """A run in the list; times in UTC, null while they are not set."""

    run_id: str
    status: str
    start_time: str | None
    end_time: str | None
    run_name: str
    tags: dict[str, str | None]

    @classmethod
    def of(cls, run: RunRecord) -> "RunRow":
        """Return the row of a run."""
        return cls(
            run_id=run.run_id,
            status=run.status,
            start_time=as_text(run.start_time),
            end_time=as_text(run.end_time),
            run_name=run.name or "Unnamed Run",
            tags={MODEL_TAG: UNKNOWN, TYPE_TAG: UNKNOWN, **run.tags},
        )


class RunsAnswer(Answer):
    """Runs of an experiment, the newest first."""

    message: str
    data: list[RunRow]
    total: int = Field(description="How many runs the experiment has.")

    @classmethod
    def of(cls, page: RunPage) -> "RunsAnswer":
        """Return the answer for some runs."""
        rows = [RunRow.of(run) for run in page.runs]
        return cls(message="Experiment Runs Retrieved", data=rows, total=page.total)


class RunAnswer(Answer):
    """What was asked of a run: text for parameters, numbers for metrics."""

    message: str
    data: dict[str, str] | dict[str, float | None]
