import json
from io import BytesIO

import numpy as np
import pytest
from onnx import TensorProto, helper
from pydantic import SecretStr

from ml_model.bootstrap import create_app
from servicekit.testing import assert_error

NAMES = [f"f{number}" for number in range(13)]


def test_a_classifier_is_served_as_its_library_would(upload, wine_onnx, wine_sets, client):
    content, model = wine_onnx
    features = wine_sets["training"][0]
    response = upload(
        content,
        list(features.columns),
        [0, 1, 2],
        algorithm_status="production",
        input_example=json.dumps(features.iloc[0].to_dict()),
    )
    assert response.status_code == 201, response.text
    answer = response.get_json()
    assert (answer["runtime"]["engine"], answer["source"]["kind"]) == ("onnxruntime", "onnx")
    assert answer["signature"]["imputes"] is False
    row = features.iloc[70]
    predicted = client.post("/api/v1/uploaded/predict", json=row.to_dict())
    assert predicted.status_code == 200, predicted.text
    expected = model.predict_proba(row.to_numpy().reshape(1, -1))[0]
    body = predicted.get_json()
    assert body["label"] == int(expected.argmax())
    assert list(body["probabilities"].values()) == pytest.approx(expected, abs=1e-5)


def test_the_same_file_again_is_answered_as_it_is(upload, wine_onnx):
    content, _ = wine_onnx
    assert upload(content, NAMES, [0, 1, 2]).status_code == 201
    assert upload(content, NAMES, [0, 1, 2]).status_code == 200
    assert upload(content, [*NAMES[:-1], "renamed"], [0, 1, 2]).get_json()["number"] == 2


def test_scores_without_labels_take_the_largest(upload, linear_graph):
    answer = upload(linear_graph(2, 3), ["a", "b"], ["x", "y", "z"])
    assert answer.status_code == 201, answer.text


def test_a_regression_has_no_classes(upload, linear_graph, client):
    answer = upload(linear_graph(2), ["a", {"name": "b", "kind": "integer"}], algorithm_status="production")
    assert answer.status_code == 201, answer.text
    predicted = client.post("/api/v1/uploaded/predict", json={"a": 1.5, "b": 2})
    assert predicted.get_json()["label"] == pytest.approx(3.5)


def test_an_input_for_each_column(upload, client):
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in ("a", "b")]
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph([helper.make_node("Sub", ["a", "b"], ["Y"])], "columns", inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    answer = upload(model.SerializeToString(), ["b", "a"], algorithm_status="production")
    assert answer.status_code == 201, answer.text
    predicted = client.post("/api/v1/uploaded/predict", json={"b": 2.0, "a": 5.0})
    assert predicted.get_json()["label"] == 3.0


@pytest.mark.parametrize(
    ("graph", "claimed", "mentions"),
    [
        ({"inputs": 3}, (["a", "b"], None), "3 features"),
        ({"inputs": 2, "rows": 1}, (["a", "b"], None), "free first dimension"),
        ({"inputs": 2, "domain": "evil"}, (["a", "b"], None), "evil"),
        ({"inputs": 2, "external": True}, (["a", "b"], None), "another file"),
        ({"inputs": 2, "outputs": 3}, (["a", "b"], [0, 1]), "3 scores"),
        ({"inputs": 2}, ([f"f{number}" for number in range(10_000)], None), "2 features"),
    ],
)
def test_a_graph_that_is_not_what_is_claimed(upload, linear_graph, graph, claimed, mentions):
    assert_error(upload(linear_graph(**graph), *claimed), 400, mentions=mentions)


@pytest.mark.parametrize("content", [b"no model", b"PK\x03\x04zip", b"\x00" * 100, b"\x08\x08" * 50])
def test_a_file_that_is_no_onnx(upload, content):
    assert_error(upload(content, ["a"]), 400, mentions="ONNX")


def test_a_label_that_is_no_class(upload, wine_onnx):
    assert_error(upload(wine_onnx[0], NAMES, ["a", "b", "c"]), 400, mentions="none of the classes")


@pytest.mark.parametrize(
    ("fields", "mentions"),
    [
        ({"features": "[1]"}, "features"),
        ({"features": "no json"}, "features"),
        ({"features": '["a", "a"]'}, "more than once"),
        ({"features": '["a\\u0000"]'}, "NUL"),
        ({"features": '[{"name": "a", "minimum": NaN}]'}, "features"),
        ({"classes": "[NaN]"}, "classes"),
        ({"input_example": '{"a": 1e999}'}, "input_example"),
        ({"input_example": '{"b": 1}'}, "is missing"),
        ({"input_example": '{"a": "text"}'}, "must be a number"),
        ({"owner": ""}, "owner"),
    ],
)
def test_form_fields_that_are_wrong(upload, linear_graph, fields, mentions):
    response = upload(linear_graph(1), **({"features": ["a"]} | fields))
    assert response.status_code == 400, response.text
    assert mentions in response.text


def test_a_file_over_the_limit(settings, fresh_url, tmp_path):
    changed = {
        "dataset_database_url": SecretStr(fresh_url),
        "max_served_model_bytes": 1024,
        "journal_directory": tmp_path / "journal",
    }
    client = create_app(settings.model_copy(update=changed)).test_client()
    form = {"endpoint_name": "e", "algorithm_name": "m", "owner": "o", "features": '["a"]'}
    form["file"] = (BytesIO(b"x" * 2000), "model.onnx")
    assert_error(client.post("/api/v1/mlalgorithms/onnx", data=form), 413, mentions="1024")


def test_very_wide_rows_are_refused_before_the_model_sees_them(upload, linear_graph, client):
    upload(linear_graph(2), ["a", "b"], algorithm_status="production")
    body = {f"f{number}": 1.0 for number in range(100_000)}
    assert client.post("/api/v1/uploaded/predict", json=body).status_code in {400, 413}
    for value in (float(2**70), None, True, "1"):
        assert client.post("/api/v1/uploaded/predict", json={"a": value}).status_code == 400
    assert np.isfinite(client.post("/api/v1/uploaded/predict", json={"a": 1, "b": 2}).get_json()["label"])
