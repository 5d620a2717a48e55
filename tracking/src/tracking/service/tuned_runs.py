"""One model's search, recorded as a run from its beginning to its end."""

from dataclasses import dataclass

from modelcatalogue.entries import entry
from modelcatalogue.storage import trusted_types
from servicekit.errors import Unavailable
from servicekit.logs import get_logger
from tracking.client.mlflow_models import FittedModel, MlflowModels
from tracking.client.mlflow_runs import MlflowRuns, RunContent
from tracking.client.mlflow_server import MlflowRefused
from tracking.service import run_vocabulary
from tracking.service.errors import ExperimentDeletedMeanwhile
from tracking.service.grid_search import SearchResult, last_line, search
from tracking.service.search_plan import SearchPlan
from tracking.service.training_set import TrainingSet
from tracking.service.tuning_series import TuningSeries

log = get_logger(__name__)


@dataclass(frozen=True)
class RunPlace:
    """The experiment of a run, and the optimization that it belongs to."""

    experiment_id: str
    optimization_id: str


@dataclass(frozen=True)
class TunedRun:
    """A run that was recorded, and why it failed if it did."""

    run_id: str
    failure: str | None = None


class TunedRuns:
    """Searches and records.

    Args:
        runs: where runs are written.
        models: where fitted pipelines are written.
        series: counts what ends.
        seed: of every model.
    """

    def __init__(self, runs: MlflowRuns, models: MlflowModels, series: TuningSeries, seed: int) -> None:
        self._runs = runs
        self._models = models
        self._series = series
        self._seed = seed

    def tune(self, place: RunPlace, model_name: str, plan: SearchPlan, training: TrainingSet) -> TunedRun:
        """Search one model's grid and record what was found.

        The run is open while the search goes on and is closed last, so one that was interrupted never looks
        complete. What goes wrong with the model is kept with the run, which is then FAILED.

        Raises:
            Unavailable: the MLflow server does not answer; the run stays as it was.
            ExperimentDeletedMeanwhile: there is no place for the run any more.
        """
        tags = run_vocabulary.opening_tags(model_name, plan, training, place.optimization_id)
        run_id = self._open(place.experiment_id, run_vocabulary.run_name(model_name), tags)
        params = run_vocabulary.opening_params(model_name, plan, training)
        try:
            result = search(model_name, plan, training, self._seed)
            self._record(run_id, params, result)
            self._models.log(place.experiment_id, run_id, _fitted(model_name, result, training))
            self._runs.end(run_id, "FINISHED")
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - each library has its own, and the other models go on
            self._series.failed(model_name)
            return self._failed(run_id, params, fault)
        self._series.finished(model_name, result.execution_time)
        log.info("model tuned", run_id=run_id, model=model_name, seconds=round(result.execution_time, 3))
        return TunedRun(run_id)

    def _open(self, experiment_id: str, name: str, tags: dict[str, str]) -> str:
        try:
            return self._runs.start(experiment_id, name, tags)
        except MlflowRefused as refusal:
            raise ExperimentDeletedMeanwhile(experiment_id) from refusal

    def _record(self, run_id: str, params: dict[str, object], result: SearchResult) -> None:
        content = RunContent(
            params={**params, **run_vocabulary.found_params(result)},
            metrics=run_vocabulary.found_metrics(result),
            tags=run_vocabulary.found_tags(result),
        )
        self._runs.log(run_id, content)

    def _failed(self, run_id: str, params: dict[str, object], fault: Exception) -> TunedRun:
        reason = last_line(fault)
        log.warning("model not tuned", run_id=run_id, reason=reason, exc_info=fault)
        try:
            self._runs.log(run_id, RunContent(params=params, tags={run_vocabulary.FAILURE_TAG: reason}))
            self._runs.end(run_id, "FAILED")
        except MlflowRefused:
            log.warning("run deleted while its model was tuned", run_id=run_id)
        return TunedRun(run_id, reason)


def _fitted(model_name: str, result: SearchResult, training: TrainingSet) -> FittedModel:
    return FittedModel(
        name=model_name,
        pipeline=result.pipeline,
        features=training.features,
        trusted=tuple(trusted_types(model_name)),
        library=entry(model_name).estimator.partition(".")[0],
    )
