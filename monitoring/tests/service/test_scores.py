"""Scores against scikit-learn and against Evidently's own metrics where those work."""

import pytest
from evidently import Report
from evidently.metrics import Accuracy, F1ByLabel, F1Score, PrecisionByLabel, RecallByLabel
from evidently.metrics.regression import RMSE, R2Score
from sklearn.metrics import f1_score

from monitoring.service.checks.performance import score, score_by_label
from monitoring.service.evidently_dataset import evidently_dataset
from monitoring.service.measurement import Measurement


def own(comparison, metric):
    run = Report([metric]).run(
        evidently_dataset(comparison, comparison.current), evidently_dataset(comparison, comparison.reference)
    )
    return run.dict()["metrics"][0]["value"]


@pytest.mark.parametrize(("name", "metric"), [("accuracy", Accuracy()), ("f1", F1Score())])
def test_scores_are_those_of_evidently(compare, labelled, name, metric):
    comparison = compare(labelled(), labelled(seed=1, correct=0.7))
    assert Measurement(comparison).of(score(comparison, name)).value == pytest.approx(own(comparison, metric))


@pytest.mark.parametrize(
    ("name", "metric"), [("f1", F1ByLabel()), ("precision", PrecisionByLabel()), ("recall", RecallByLabel())]
)
def test_scores_by_class_are_those_of_evidently(compare, labelled, name, metric):
    comparison = compare(labelled(), labelled(seed=1, correct=0.7))
    assert Measurement(comparison).of(score_by_label(comparison, name)).value == pytest.approx(
        own(comparison, metric)
    )


@pytest.mark.parametrize(("name", "metric"), [("rmse", RMSE()), ("r2", R2Score())])
def test_scores_of_a_regression_are_those_of_evidently(compare, priced, prices, name, metric):
    comparison = compare(priced(), priced(seed=1, error=2.0), prices)
    assert Measurement(comparison).of(score(comparison, name)).value == pytest.approx(own(comparison, metric))


def test_digits_as_labels_stay_labels(compare, labelled, flowers):
    schema = type(flowers)(
        "digits", flowers.columns, type(flowers.target)("kind", "classification", ("0", "1", "2"))
    )
    digits = ("0", "1", "2")
    comparison = compare(labelled(classes=digits), labelled(seed=1, classes=digits), schema)
    measured = Measurement(comparison).of(score_by_label(comparison, "recall"))
    assert set(measured.value) == set(measured.reference) == set(digits)


def test_a_class_that_a_set_lacks_is_left_out_of_its_scores(compare, labelled):
    comparison = compare(labelled(), labelled(seed=1, classes=("daisy", "rose")))
    by_label = Measurement(comparison).of(score_by_label(comparison, "f1"))
    assert set(by_label.value) == {"daisy", "rose"}
    assert set(by_label.reference) == {"daisy", "rose", "tulip"}
    overall = Measurement(comparison).of(score(comparison, "f1"))
    frame = comparison.current.frame
    assert overall.value == pytest.approx(f1_score(frame["kind"], frame["prediction"], average="macro"))


def test_two_text_classes_need_no_positive_one(compare, labelled, flowers):
    schema = type(flowers)(
        "binary", flowers.columns, type(flowers.target)("kind", "classification", ("no", "yes"))
    )
    comparison = compare(labelled(classes=("no", "yes")), labelled(seed=1, classes=("no", "yes")), schema)
    frame = comparison.current.frame
    expected = f1_score(frame["kind"], frame["prediction"], average="macro")
    assert Measurement(comparison).of(score(comparison, "f1")).value == pytest.approx(expected)
