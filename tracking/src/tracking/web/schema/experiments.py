"""Requests and answers about experiments."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, RootModel

from servicekit.web.schema import Answer, QueryString, RequestBody
from tracking.persistence.model.experiment import ExperimentCount
from tracking.service.experiment_archive import ExperimentOverview
from tracking.service.metric_statistics import Statistics
from tracking.service.run_comparison import BestRun
from tracking.service.run_vocabulary import MetricFilter, MetricName
from tracking.web.schema.identifiers import ExperimentId
from tracking.web.schema.times import as_text

RUNNING = ("RUNNING", "SCHEDULED")


def _listed(value: Any) -> Any:
    """Let one name stand for a list of one."""
    return [value] if isinstance(value, str) else value


class GeneralRequest(RequestBody):
    """Describe an experiment and count its runs."""

    experiment_id: ExperimentId
    request_information: Literal["general"]
    filter: Annotated[list[MetricFilter], BeforeValidator(_listed)] = Field([], description="Not used here.")


class BestModelRequest(RequestBody):
    """Find the best run."""

    experiment_id: ExperimentId
    request_information: Literal["best_model"]
    filter: Annotated[list[MetricName], BeforeValidator(_listed)] = Field(
        min_length=1, description="What decides; each next metric decides where those before it are equal."
    )


class StatisticsRequest(RequestBody):
    """Summarize the metrics of the finished runs."""

    experiment_id: ExperimentId
    request_information: Literal["statistics"]
    filter: Annotated[list[MetricFilter], BeforeValidator(_listed)] = Field(
        [], description="Which metrics; all when empty."
    )


class ExperimentRequest(
    RootModel[
        Annotated[
            GeneralRequest | BestModelRequest | StatisticsRequest, Field(discriminator="request_information")
        ]
    ]
):
    """What to tell of an experiment."""


class ExperimentQuery(QueryString):
    """Which experiment."""

    experiment_id: ExperimentId


class ExperimentRow(Answer):
    """An experiment in the list."""

    experiment_id: str
    name: str
    lifecycle_stage: str
    run_count: int

    @classmethod
    def of(cls, experiment: ExperimentCount) -> "ExperimentRow":
        """Return the row of an experiment."""
        return cls(
            experiment_id=experiment.experiment_id,
            name=experiment.name,
            lifecycle_stage=experiment.lifecycle_stage,
            run_count=experiment.run_count,
        )


class ExperimentsAnswer(Answer):
    """The experiments that are kept."""

    message: str
    data: list[ExperimentRow]


class ExperimentInfo(Answer):
    """An experiment; times in UTC."""

    experiment_id: str
    experiment_name: str
    artifact_location: str | None
    lifecycle_stage: str
    tags: dict[str, str | None]
    data_creation: str | None
    last_updated: str | None


class ExperimentRuns(Answer):
    """How many runs there are, and when; times in UTC, null while there is nothing to tell."""

    number_of_runs: int
    completed_runs: int
    failed_runs: int
    active_runs: int
    stopped_runs: int
    first_run_started: str | None
    first_run_completed: str | None
    last_run_completed: str | None


class OverviewData(Answer):
    """An experiment and its runs."""

    experiment_info: ExperimentInfo
    experiment_runs: ExperimentRuns

    @classmethod
    def of(cls, overview: ExperimentOverview) -> "OverviewData":
        """Return the answer for an experiment."""
        experiment, runs = overview.experiment, overview.runs
        return cls(
            experiment_info=ExperimentInfo(
                experiment_id=experiment.experiment_id,
                experiment_name=experiment.name,
                artifact_location=experiment.artifact_location,
                lifecycle_stage=experiment.lifecycle_stage,
                tags=experiment.tags,
                data_creation=as_text(experiment.creation_time),
                last_updated=as_text(experiment.last_update_time),
            ),
            experiment_runs=ExperimentRuns(
                number_of_runs=sum(runs.by_status.values()),
                completed_runs=runs.by_status.get("FINISHED", 0),
                failed_runs=runs.by_status.get("FAILED", 0),
                active_runs=sum(runs.by_status.get(status, 0) for status in RUNNING),
                stopped_runs=runs.by_status.get("KILLED", 0),
                first_run_started=as_text(runs.first_started),
                first_run_completed=as_text(runs.first_finished),
                last_run_completed=as_text(runs.last_finished),
            ),
        )


class BestRunData(Answer):
    """The best run, and the metrics that it was chosen by."""

    run_id: str
    run_name: str
    model: str
    metrics: dict[str, float]

    @classmethod
    def of(cls, run: BestRun) -> "BestRunData":
        """Return the answer for a run."""
        return cls(run_id=run.run_id, run_name=run.name, model=run.model, metrics=run.metrics)


class ExperimentAnswer(Answer):
    """What was asked of an experiment."""

    message: str
    data: OverviewData | BestRunData | dict[str, Statistics]
