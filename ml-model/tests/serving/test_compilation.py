import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC

from ml_model.serving.compilation import compile_pipeline
from ml_model.serving.compiled_form import CompiledForm, pack, unpack
from ml_model.serving.derivation import KnownInput, derive
from ml_model.serving.served_model import DamagedModel, load
from ml_model.serving.signature import InputRefused
from modelcatalogue.pipelines import build
from modelcatalogue.storage import dumps

MODELS = [
    ("LogisticRegression", {}, "linear"),
    ("LogisticRegression", {"solver": "liblinear"}, "linear"),
    ("RandomForest", {"n_estimators": 20}, "trees"),
    ("DecisionTree", {}, "trees"),
    ("HistGradientBoosting", {"max_iter": 20}, "trees"),
    ("XGBoost", {"n_estimators": 10}, "trees"),
    ("XGBoost", {"n_estimators": 5, "booster": "dart"}, "trees"),
    ("LightGBM", {"n_estimators": 10}, "trees"),
    ("SVC", {}, "kernel"),
    ("SVC", {"kernel": "linear"}, "kernel"),
    ("SVC", {"kernel": "poly", "break_ties": True}, "kernel"),
    ("KNeighbors", {}, "neighbours"),
    ("KNeighbors", {"weights": "distance", "metric": "chebyshev"}, "neighbours"),
]


def compiled(pipeline, features):
    """Compile a fitted pipeline, and load what came out."""
    rows = features.to_numpy().tolist()
    derived = derive(pipeline, KnownInput(training=rows))
    stored = dumps(pipeline) if "steps" in vars(pipeline) else b""
    compilation = compile_pipeline(pipeline, derived.signature, derived.signature.row(derived.example), rows)
    return compilation, derived.signature, stored


@pytest.mark.parametrize("classes", [3, 2], ids=["three", "two"])
@pytest.mark.parametrize("preprocessing", ["standard", "none"])
@pytest.mark.parametrize("wanted", MODELS, ids=str)
def test_every_model_of_the_catalogue_answers_as_scikit_learn(wine_sets, wanted, preprocessing, classes):
    name, hyperparameters, form = wanted
    features, target = wine_sets["training"]
    labels = target if classes == 3 else target.map({0: "red", 1: "white", 2: "white"})
    pipeline = build(name, hyperparameters, preprocessing).fit(features, labels)
    compilation, signature, stored = compiled(pipeline, features)
    model = load(stored, compilation.content, signature.document())
    if name == "KNeighbors" and compilation.content is None:  # where distances tie, any neighbour will do
        assert model.engine == "scikit-learn"
        assert "differ" in compilation.runtime["reason"]
        return
    assert compilation.runtime.get("form") == form, compilation.runtime
    assert model.engine == compilation.runtime["engine"]
    testing = wine_sets["production"][0].to_numpy()
    predicted = model.predict(testing)
    reference = load(stored, None, signature.document()).predict(testing)
    assert predicted.labels == reference.labels
    assert type(predicted.labels[0]) in {int, str}
    if reference.probabilities is not None:
        np.testing.assert_allclose(predicted.probabilities, reference.probabilities, atol=1e-5)
    one = model.predict(testing[:1])
    assert one.labels == predicted.labels[:1]


@pytest.mark.parametrize("classes", [3, 2])
def test_a_calibrated_svc_is_exact(wine_sets, classes):
    features, target = wine_sets["training"]
    labels = target if classes == 3 else (target > 0).astype(int)
    steps = [("scaler", StandardScaler()), ("model", CalibratedClassifierCV(SVC(), ensemble=False))]
    compilation, _, _ = compiled(Pipeline(steps).fit(features, labels), features)
    assert compilation.runtime["form"] == "kernel", compilation.runtime
    assert compilation.runtime["largest_difference"] < 1e-12


def test_another_library_model_is_converted_in_float64_if_that_agrees(wine_sets):
    features, target = wine_sets["training"]
    steps = [("scaler", StandardScaler()), ("model", LinearDiscriminantAnalysis())]
    compilation, _, _ = compiled(Pipeline(steps).fit(features, target), features)
    assert compilation.runtime["form"] == "graph", compilation.runtime
    layers = [("scaler", StandardScaler()), ("model", MLPClassifier((8,), max_iter=30, random_state=1))]
    compilation, _, _ = compiled(Pipeline(layers).fit(features, target), features)
    assert compilation.runtime["engine"] in {"onnxruntime", "scikit-learn"}


def test_a_step_that_is_not_known_leaves_the_work_to_scikit_learn_and_says_why(wine_sets):
    features, target = wine_sets["training"]
    base = build("DecisionTree", {})
    steps = [("imputer", base.steps[0][1]), ("more", PolynomialFeatures(2)), ("model", base.steps[-1][1])]
    pipeline = Pipeline(steps).fit(features, target)
    compilation, signature, _ = compiled(pipeline, features)
    assert compilation.content is None
    assert compilation.runtime["engine"] == "scikit-learn"
    assert "PolynomialFeatures" in compilation.runtime["reason"]
    assert signature.imputes


@pytest.mark.parametrize("name", ["LogisticRegression", "RandomForest", "LightGBM"])
def test_columns_of_text_are_compiled_too(name):
    random = np.random.default_rng(1)
    colours = random.choice(["red", "green", "blue"], 200).astype(object)
    colours[:10] = np.nan
    features = pd.DataFrame(
        {"size": random.normal(size=200), "colour": colours, "age": random.normal(size=200)}
    )
    features["colour"] = features["colour"].astype("category")
    target = np.where((features["colour"] == "red") ^ (features["size"] > 0), "yes", "no")
    pipeline = build(name, {}, categories=["colour"]).fit(features, target)
    columns = (("size", "float"), ("colour", "category"), ("age", "float"))
    rows = features.astype(object).where(features.notna(), float("nan")).to_numpy().tolist()
    derived = derive(pipeline, KnownInput(columns=columns, training=rows))
    assert set(derived.signature.fields[1].categories) == {"red", "green", "blue"}
    assert derived.signature.imputes
    row = derived.signature.row(derived.example)
    compilation = compile_pipeline(pipeline, derived.signature, row, rows)
    assert compilation.content is not None, compilation.runtime
    model = load(dumps(pipeline), compilation.content, derived.signature.document())
    asked = [[0.5, "red", 1.0], [0.5, "pink", 1.0], [float("nan"), float("nan"), 0.0]]
    reference = load(dumps(pipeline), None, derived.signature.document()).predict(asked)
    predicted = model.predict(asked)
    assert predicted.labels == reference.labels
    np.testing.assert_allclose(predicted.probabilities, reference.probabilities, atol=1e-5)
    explanation = model.explain(asked[0])
    assert set(explanation.values) == {"size", "colour", "age"}


def test_what_a_forest_refuses_its_compiled_form_refuses(wine_sets):
    features, target = wine_sets["training"]
    pipeline = build("RandomForest", {"n_estimators": 5}).fit(features, target)
    compilation, signature, stored = compiled(pipeline, features)
    row = features.to_numpy()[:1].copy()
    row[0, 3] = 1e300
    for content in (compilation.content, None):
        with pytest.raises(InputRefused):
            load(stored, content, signature.document()).predict(row)


def test_the_same_pipeline_gives_the_same_bytes(wine_sets):
    features, target = wine_sets["training"]
    contents = set()
    for _ in range(2):
        pipeline = build("RandomForest", {"n_estimators": 5}).fit(features, target)
        contents.add(compiled(pipeline, features)[0].content)
    assert len(contents) == 1


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04broken", pack({"version": 2}, {})])
def test_damaged_bytes_are_told(content):
    with pytest.raises(DamagedModel):
        CompiledForm.from_bytes(content)


def test_pickled_arrays_are_not_loaded():
    import io

    buffer = io.BytesIO()
    np.savez(buffer, manifest=np.array([{"version": 1}], dtype=object))
    with pytest.raises(DamagedModel):
        unpack(buffer.getvalue())


def test_a_document_or_model_that_is_none_is_told(wine_sets):
    document = {"fields": [{"name": "a"}], "classes": None, "imputes": False}
    for model, described in ((b"PKnothing", document), (b"nothing", document), (b"", {})):
        with pytest.raises(DamagedModel):
            load(model, None, described)
