import subprocess
import sys

import numpy as np
import pytest
import skops.io
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from modelcatalogue.entries import names
from modelcatalogue.errors import UnknownModel, UnreadableModel, UntrustedModel
from modelcatalogue.pipelines import build
from modelcatalogue.storage import dumps, loads, trusted_types

VARIANTS = [(name, {}) for name in names()] + [
    ("LogisticRegression", {"solver": "liblinear"}),
    ("RandomForest", {"n_estimators": 3, "oob_score": True}),
    ("HistGradientBoosting", {"max_iter": 20, "early_stopping": True}),
    ("XGBoost", {"booster": "gblinear"}),
    ("XGBoost", {"booster": "dart", "n_estimators": 5}),
    ("LightGBM", {"boosting_type": "dart", "class_weight": "balanced"}),
    *[
        ("KNeighbors", {"metric": metric, "algorithm": algorithm})
        for metric in ("minkowski", "euclidean", "manhattan", "chebyshev", "canberra", "cosine")
        for algorithm in ("auto", "ball_tree", "kd_tree", "brute")
        if (metric, algorithm)
        not in {("canberra", "kd_tree"), ("cosine", "kd_tree"), ("cosine", "ball_tree")}
    ],
    ("KNeighbors", {"p": 3, "algorithm": "ball_tree"}),
]


@pytest.mark.parametrize(("model_name", "hyperparameters"), VARIANTS)
@pytest.mark.parametrize("labels", ["numbers", "words"])
def test_every_model_comes_back_with_the_same_predictions(model_name, hyperparameters, labels, wine):
    training, classes, rest = wine
    target = classes if labels == "numbers" else classes.map({0: "red", 1: "rose", 2: "white"})
    fitted = build(model_name, hyperparameters).fit(training, target)
    loaded = loads(dumps(fitted), model_name)
    assert list(loaded.predict(rest)) == list(fitted.predict(rest))
    assert set(loaded.predict(rest)) <= set(target)
    if hasattr(fitted, "predict_proba"):
        assert np.array_equal(loaded.predict_proba(rest), fitted.predict_proba(rest))


def test_categories_come_back_too(wine):
    training, classes, _ = wine
    frame = training.assign(soil=np.where(training["ash"] > 2.3, "clay", "sand"))
    fitted = build("SVC", {}, categories=["soil"]).fit(frame, classes)
    assert list(loads(dumps(fitted), "SVC").predict(frame)) == list(fitted.predict(frame))


def test_a_function_in_the_bytes_is_refused_before_it_is_loaded():
    data = skops.io.dumps(Pipeline([("model", FunctionTransformer(exec_like))]))
    with pytest.raises(UntrustedModel, match="exec_like") as refused:
        loads(data)
    assert any("exec_like" in one for one in refused.value.types)


def test_a_model_of_another_entry_is_refused_when_the_name_is_known():
    trees = RandomForestClassifier(2, bootstrap=False, random_state=0)
    forest = dumps(Pipeline([("model", trees.fit([[0.0], [1.0]], [0, 1]))]))
    assert loads(forest, "RandomForest").predict([[1.0]])[0] == 1
    with pytest.raises(UntrustedModel, match="Tree"):
        loads(forest, "SVC")


def test_what_is_no_pipeline_is_refused():
    with pytest.raises(UnreadableModel, match="KMeans, not a pipeline"):
        loads(skops.io.dumps(KMeans(2)))


@pytest.mark.parametrize("data", [b"", b"no archive", dumps(Pipeline([("model", KMeans(2))]))[:200]])
def test_damaged_bytes_are_refused(data):
    with pytest.raises(UnreadableModel):
        loads(data)


def test_trusted_types_are_per_model_and_together():
    assert trusted_types("SVC") == ["numpy.dtype"]
    assert set(trusted_types("RandomForest")) < set(trusted_types())
    with pytest.raises(UnknownModel):
        trusted_types("Perceptron")


def test_no_trusted_type_is_a_function():
    assert not [one for one in trusted_types() if one.startswith(("builtins.", "os.", "subprocess."))]


def test_the_boosting_libraries_are_imported_only_when_asked_for():
    program = (
        "import sys; from modelcatalogue import grids, pipelines, storage, try_out;"
        "pipelines.build('SVC', {}); print([m for m in ('xgboost', 'lightgbm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def exec_like(values):
    return values
