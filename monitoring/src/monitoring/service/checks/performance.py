"""Does the model do as well as on the reference?"""

from collections.abc import Mapping

from monitoring.service.checks.check import Check, MetricCheck
from monitoring.service.checks.judges import no_class_worse, no_worse
from monitoring.service.comparison import Comparison
from monitoring.service.scores import LabelScoreName, Score, ScoreByLabel, ScoreName
from monitoring.service.thresholds import Thresholds

CLASS_SCORES: Mapping[str, ScoreName] = {"Accuracy": "accuracy", "F1Score": "f1"}
LABEL_SCORES: Mapping[str, LabelScoreName] = {
    "F1ByLabel": "f1",
    "PrecisionByLabel": "precision",
    "RecallByLabel": "recall",
}
ERRORS: Mapping[str, ScoreName] = {"RMSE": "rmse", "MAE": "mae"}
NUMBER_SCORES: Mapping[str, ScoreName] = {**ERRORS, "R2Score": "r2"}
PERFORMANCE_METRICS = frozenset({*CLASS_SCORES, *NUMBER_SCORES})


def score(comparison: Comparison, name: ScoreName) -> Score:
    """Return the metric of one score on the comparison's columns."""
    return Score(score=name, target=comparison.target, prediction=comparison.prediction)


def score_by_label(comparison: Comparison, name: LabelScoreName) -> ScoreByLabel:
    """Return the metric of one score by class on the comparison's columns."""
    return ScoreByLabel(score=name, target=comparison.target, prediction=comparison.prediction)


def multi_class_classification(comparison: Comparison, thresholds: Thresholds) -> list[Check]:
    """Test accuracy and macro F1, then F1, precision and recall of each class."""
    drop = thresholds.performance_drop
    overall = [
        MetricCheck(name, score(comparison, key), no_worse(drop)) for name, key in CLASS_SCORES.items()
    ]
    by_label = [
        MetricCheck(name, score_by_label(comparison, key), no_class_worse(drop))
        for name, key in LABEL_SCORES.items()
    ]
    return [*overall, *by_label]


def regression_performance(comparison: Comparison, thresholds: Thresholds) -> list[Check]:
    """Test root mean squared error, mean absolute error and R2."""
    return [
        MetricCheck(
            name,
            score(comparison, key),
            no_worse(thresholds.performance_drop, smaller_is_better=name in ERRORS),
        )
        for name, key in NUMBER_SCORES.items()
    ]
