"""The grid search for one model, and the cross-validated scores of what it found."""

import time
import warnings
from dataclasses import dataclass
from typing import Any

from sklearn.model_selection import GridSearchCV, cross_val_predict

from modelcatalogue import grids, pipelines, scores
from tracking.service.fold_predictions import CHOSEN, FoldPredictions
from tracking.service.search_plan import SearchPlan
from tracking.service.training_set import TrainingSet


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Args:
        pipeline: with the best hyperparameters, fitted on the whole training set.
        hyperparameters: the best, in the caller's names.
        metrics: cross-validated accuracy, F1, precision and recall of the pipeline.
        cpu_usage: CPU time of this process, in per cent of the time that passed; above 100 on several cores.
        execution_time: seconds.
    """

    pipeline: Any
    hyperparameters: dict[str, Any]
    metrics: dict[str, float]
    cpu_usage: float
    execution_time: float


# A grid tries what fits badly on purpose, and scikit-learn would warn at each fit.
warnings.filterwarnings("ignore", module=r"sklearn\.")


class SearchFailed(Exception):
    """No candidate could be fitted and scored."""


def search(model_name: str, plan: SearchPlan, training: TrainingSet, seed: int) -> SearchResult:
    """Search a model's grid on its whole pipeline, and score the best candidate by cross-validation.

    Raises:
        SearchFailed: no candidate could be fitted and scored, with the model's own reason.
    """
    started, started_cpu = time.perf_counter(), time.process_time()
    kept = FoldPredictions()
    found = GridSearchCV(
        pipelines.build(model_name, {}, plan.preprocessing, seed, training.categories),
        grids.grid(model_name, plan.hyperparameters[model_name], seed),
        scoring=kept.scoring(plan.scoring),
        refit=CHOSEN,
        cv=plan.cv,
    )
    try:
        found.fit(training.features, training.target)
        predicted = kept.of_candidate(found.best_index_, len(found.cv_results_["params"]), training.target)
        if predicted is None:
            predicted = cross_val_predict(
                found.best_estimator_, training.features, training.target, cv=plan.cv
            )
    except Exception as fault:
        raise SearchFailed(last_line(fault)) from fault
    seconds = time.perf_counter() - started
    return SearchResult(
        pipeline=found.best_estimator_,
        hyperparameters=grids.best_hyperparameters(found.best_params_),
        metrics=scores.metrics(training.target, predicted),
        cpu_usage=100 * (time.process_time() - started_cpu) / seconds,
        execution_time=seconds,
    )


def last_line(fault: Exception) -> str:
    """Return the end of a library's message, where scikit-learn quotes the model's own words."""
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    return lines[-1] if lines else type(fault).__name__
