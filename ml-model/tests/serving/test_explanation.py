import numpy as np
import pytest

from ml_model.serving.derivation import KnownInput, derive
from ml_model.serving.served_model import load
from ml_model.serving.shapley import sampled
from modelcatalogue.pipelines import build
from modelcatalogue.storage import dumps


@pytest.mark.parametrize("classes", [3, 2])
@pytest.mark.parametrize(
    ("name", "hyperparameters", "method"),
    [
        ("LogisticRegression", {}, "linear"),
        ("LogisticRegression", {"solver": "liblinear"}, "linear"),
        ("RandomForest", {"n_estimators": 10}, "tree"),
        ("DecisionTree", {}, "tree"),
        ("HistGradientBoosting", {"max_iter": 10}, "tree"),
        ("XGBoost", {"n_estimators": 5}, "tree"),
        ("LightGBM", {"n_estimators": 5}, "tree"),
        ("SVC", {}, "sampling"),
        ("KNeighbors", {}, "sampling"),
    ],
)
def test_contributions_add_up_to_what_the_model_says(wine_sets, name, hyperparameters, method, classes):
    features, target = wine_sets["training"]
    labels = target if classes == 3 else (target > 0).astype(int)
    pipeline = build(name, hyperparameters).fit(features, labels)
    scores = getattr(pipeline, "decision_function", None) if method == "linear" else None
    expected = None if scores is None else np.atleast_2d(scores(features))
    signature = derive(pipeline, KnownInput()).signature
    model = load(dumps(pipeline), None, signature.document())
    rows = features.to_numpy()
    for place in (0, 50, 100):
        explanation = model.explain(rows[place].tolist())
        predicted = model.predict(rows[place : place + 1])
        assert (explanation.method, explanation.label) == (method, predicted.labels[0])
        assert list(explanation.values) == list(features.columns)
        added = explanation.base_value + sum(explanation.values.values())
        assert explanation.value == pytest.approx(added, abs=1e-6)
        if explanation.unit == "probability":
            assert explanation.value == pytest.approx(predicted.probabilities.max(), abs=1e-6)
        if expected is not None and classes == 3:
            assert explanation.value == pytest.approx(expected[place].max(), abs=1e-6)


def test_sampling_is_exact_for_few_features_and_for_sums():
    def product(rows):
        return np.array([row[0] * row[1] + row[2] for row in rows], dtype=float)

    found = sampled(product, [2.0, 3.0, 5.0], [0.0, 0.0, 1.0])
    assert (found.base, found.values.tolist()) == (1.0, pytest.approx([3.0, 3.0, 4.0]))

    def total(rows):
        return np.array(rows, dtype=float).sum(axis=1)

    found = sampled(total, list(range(30)), [0.0] * 30)
    assert found.values.tolist() == pytest.approx(list(range(30)))
