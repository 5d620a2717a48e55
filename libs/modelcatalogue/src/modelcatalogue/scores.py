"""Scores of a classification."""

from typing import Any

from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from modelcatalogue.errors import UnknownScoring

SCORINGS = (
    "accuracy",
    "balanced_accuracy",
    "f1_macro",
    "f1_micro",
    "f1_weighted",
    "jaccard_macro",
    "jaccard_micro",
    "jaccard_weighted",
    "matthews_corrcoef",
    "precision_macro",
    "precision_micro",
    "precision_weighted",
    "recall_macro",
    "recall_micro",
    "recall_weighted",
)
METRICS = ("accuracy", "f1_score", "precision", "recall")


def validate_scoring(name: str) -> str:
    """Check that a grid search may be steered by this scorer.

    Only scorers that every model of the catalogue can answer on any number of classes are allowed: none that
    needs probabilities, none that needs a positive class.

    Raises UnknownScoring, which lists those that there are.
    """
    if name not in SCORINGS:
        raise UnknownScoring(name, SCORINGS)
    return name


def metrics(y_true: Any, y_pred: Any) -> dict[str, float]:
    """Score predicted labels: accuracy, and F1, precision and recall weighted by class size.

    A class that is never predicted has precision 0.
    """
    precision, recall, f1, _ = precision_recall_fscore_support(
        y_true, y_pred, average="weighted", zero_division=0
    )
    accuracy = accuracy_score(y_true, y_pred)
    return dict(zip(METRICS, map(float, (accuracy, f1, precision, recall)), strict=True))
