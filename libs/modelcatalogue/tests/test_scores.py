import pytest
from sklearn.metrics import get_scorer

from modelcatalogue.entries import names
from modelcatalogue.errors import UnknownScoring
from modelcatalogue.pipelines import build
from modelcatalogue.scores import SCORINGS, metrics, validate_scoring


def test_metrics_are_weighted_by_class_size():
    scores = metrics(["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert scores == pytest.approx(
        {"accuracy": 0.75, "f1_score": 0.8 * 0.75 + (2 / 3) * 0.25, "precision": 0.875, "recall": 0.75}
    )


def test_a_class_that_is_never_predicted_has_precision_zero():
    assert metrics([0, 1], [0, 0])["precision"] == 0.25


@pytest.mark.parametrize("name", names())
def test_every_allowed_scorer_works_with_every_model(name, wine):
    training, classes, _ = wine
    fitted = build(name, {}).fit(training, classes)
    for scoring in SCORINGS:
        assert 0.9 < get_scorer(validate_scoring(scoring))(fitted, training, classes) <= 1.0


@pytest.mark.parametrize("scoring", ["", "f1", "roc_auc_ovr", "neg_mean_squared_error", None, ["accuracy"]])
def test_another_scorer_is_refused_with_the_list(scoring):
    with pytest.raises(UnknownScoring, match="accuracy, balanced_accuracy"):
        validate_scoring(scoring)
