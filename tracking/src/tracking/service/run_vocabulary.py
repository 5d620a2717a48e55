"""The names under which an optimization is logged, and under which it is found again."""

import json
from typing import Any, Literal

from tracking.persistence.model.run import OPTIMIZATION_TAG
from tracking.service.grid_search import SearchResult
from tracking.service.search_plan import SearchPlan
from tracking.service.training_set import TrainingSet

EXPERIMENT_TYPE = "GridSearch_CrossValidation"

MODEL_TAG = "model_type"
TYPE_TAG = "experiment_type"
PREPROCESSING_TAG = "preprocessing"
SOURCE_TAG = "source"
HYPERPARAMETERS_TAG = "hyperparameters"
FAILURE_TAG = "failure_reason"

DATA_PREFIX = "data_"
GRID_PREFIX = "grid_search_"
MODEL_PREFIX = "model_"
SYSTEM_PREFIX = "system_"

CPU_USAGE = "system_cpu_usage"
EXECUTION_TIME = "system_execution_time"

MetricName = Literal[
    "model_accuracy",
    "model_f1_score",
    "model_precision",
    "model_recall",
    "system_cpu_usage",
    "system_execution_time",
]
MetricFilter = Literal[
    "all",
    "model_accuracy",
    "model_f1_score",
    "model_precision",
    "model_recall",
    "system_cpu_usage",
    "system_execution_time",
]
ALL = "all"
STATISTICS: dict[MetricName, str] = {
    "system_execution_time": "duration",
    "model_accuracy": "accuracy",
    "model_f1_score": "f1_score",
    "model_precision": "precision",
    "model_recall": "recall",
    "system_cpu_usage": "cpu_usage",
}
METRICS = tuple(STATISTICS)
UNKNOWN = "Unknown"


def run_name(model_name: str) -> str:
    """Return what a model's run is called."""
    return f"{model_name} Grid_Search_Opt and CV_Performance"


def smaller_is_better(metric: str) -> bool:
    """Tell whether a metric is a cost, as those of the system are."""
    return metric.startswith(SYSTEM_PREFIX)


def opening_tags(
    model_name: str, plan: SearchPlan, training: TrainingSet, optimization_id: str
) -> dict[str, str]:
    """Return what is known of a run before its search begins."""
    return {
        OPTIMIZATION_TAG: optimization_id,
        MODEL_TAG: model_name,
        TYPE_TAG: EXPERIMENT_TYPE,
        PREPROCESSING_TAG: plan.preprocessing,
        SOURCE_TAG: training.source,
    }


def opening_params(model_name: str, plan: SearchPlan, training: TrainingSet) -> dict[str, Any]:
    """Return the parameters of data and search."""
    samples, features = training.features.shape
    grid = plan.hyperparameters[model_name]
    return {
        f"{DATA_PREFIX}samples": samples,
        f"{DATA_PREFIX}features": features,
        f"{DATA_PREFIX}classes": training.target.nunique(),
        f"{GRID_PREFIX}scoring": plan.scoring,
        f"{GRID_PREFIX}cv_folds": plan.cv,
        **{f"{GRID_PREFIX}{name}": values for name, values in grid.items()},
    }


def found_params(result: SearchResult) -> dict[str, Any]:
    """Return the best hyperparameters as parameters."""
    return {f"{MODEL_PREFIX}{name}": value for name, value in result.hyperparameters.items()}


def found_metrics(result: SearchResult) -> dict[str, float]:
    """Return scores and cost of a search as metrics."""
    scores = {f"{MODEL_PREFIX}{name}": value for name, value in result.metrics.items()}
    return {**scores, CPU_USAGE: result.cpu_usage, EXECUTION_TIME: result.execution_time}


def found_tags(result: SearchResult) -> dict[str, str]:
    """Return the best hyperparameters as JSON, because parameters are text and lose their types."""
    return {HYPERPARAMETERS_TAG: json.dumps(result.hyperparameters)}
