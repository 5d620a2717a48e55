"""The Open Inference Protocol V2 on real models, checked against scikit-learn."""

import importlib.metadata

import numpy as np
import orjson
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from ml_model.serving.signature import Field, Signature
from servicekit.testing import assert_error

INFER = "/v2/models/wine/infer"


def nullable(rows):
    return [[None if value != value else value for value in row] for row in rows.to_numpy().tolist()]  # noqa: PLR0124


def matrix(rows, **more):
    data = nullable(rows)
    shape = [len(data), len(data[0])]
    return {"inputs": [{"name": "x", "shape": shape, "datatype": "FP64", "data": data}], **more}


def outputs(answer):
    assert answer.status_code == 200, answer.get_json()
    return {output["name"]: output for output in answer.get_json()["outputs"]}


def test_the_server_tells_what_it_is(client):
    told = client.get("/v2").get_json()
    assert told["name"] == "ml-model"
    assert told["version"] == importlib.metadata.version("mlops-ml-model")
    assert set(told["extensions"]) == {"model_repository", "binary_tensor_data"}
    assert client.get("/v2/health/live").get_json()["live"] is True
    assert client.get("/v2/health/ready").get_json()["ready"] is True


def test_a_matrix_is_answered_as_scikit_learn_does(client, wine, wine_model, production):
    answer = client.post(INFER, json=matrix(production, id="42"))
    given = outputs(answer)
    pipeline = wine_model[0]
    count = len(production)
    assert given["predict"]["data"] == pipeline.predict(production.to_numpy()).tolist()
    assert (given["predict"]["datatype"], given["predict"]["shape"]) == ("INT64", [count])
    assert (given["probabilities"]["datatype"], given["probabilities"]["shape"]) == ("FP64", [count, 3])
    probabilities = np.reshape(given["probabilities"]["data"], (count, 3))
    np.testing.assert_allclose(probabilities, pipeline.predict_proba(production.to_numpy()), atol=1e-9)
    told = answer.get_json()
    assert (told["model_name"], told["model_version"], told["id"]) == ("wine", "1", "42")


def test_columns_are_answered_like_the_matrix(client, wine, wine_model, production):
    inputs = [
        {
            "name": name,
            "shape": [len(production), 1],
            "datatype": "FP64",
            "data": nullable(production[[name]]),
        }
        for name in reversed(production.columns)
    ]
    given = outputs(client.post("/v2/models/wine/versions/1/infer", json={"inputs": inputs}))
    assert given["predict"]["data"] == wine_model[0].predict(production.to_numpy()).tolist()


def test_every_row_is_kept_under_a_request_id(client, wine, production):
    answer = client.post(INFER, json=matrix(production.head(3))).get_json()
    ids = answer["parameters"]["request_ids"]
    assert len(set(ids)) == 3
    for request_id in ids:
        kept = client.get(f"/api/v1/mlrequests/{request_id}")
        assert kept.status_code == 200, kept.get_json()


def test_a_made_id_is_that_of_the_http_request(client, wine, production):
    answer = client.post(INFER, json=matrix(production.head(1)), headers={"X-Request-ID": "mine"})
    assert answer.get_json()["id"] == "mine"


def test_only_the_outputs_that_were_asked_for(client, wine, production):
    asked = matrix(production.head(1), outputs=[{"name": "probabilities"}])
    assert list(outputs(client.post(INFER, json=asked))) == ["probabilities"]
    body = matrix(production.head(1), outputs=[{"name": "labels"}])
    assert "predict, probabilities" in assert_error(client.post(INFER, json=body), 400)["message"]


def test_texts_as_labels_and_as_features(client, registered, strict_model, town_model):
    registered.version("strict", strict_model)
    registered.version("towns", town_model)
    given = outputs(client.post("/v2/models/strict/infer", json=body_of([[13.0, 2.0]])))
    assert given["predict"]["datatype"] == "BYTES"
    assert given["predict"]["data"] == strict_model[0].predict([[13.0, 2.0]]).tolist()
    inputs = [
        {"name": "town", "shape": [2], "datatype": "BYTES", "data": ["Oslo", "Bern"]},
        {"name": "age", "shape": [2], "datatype": "INT32", "data": [30, 40]},
    ]
    given = outputs(client.post("/v2/models/towns/infer", json={"inputs": inputs}))
    assert given["predict"]["data"] == [1, 0]


def body_of(data):
    shape = [len(data), len(data[0])]
    return {"inputs": [{"name": "x", "shape": shape, "datatype": "FP64", "data": data}]}


def test_metadata_describes_what_goes_in_and_comes_out(client, registered, town_model):
    version = registered.version("towns", town_model)
    for path in ("/v2/models/towns", f"/v2/models/towns/versions/{version}"):
        told = client.get(path).get_json()
        assert (told["name"], told["versions"]) == ("towns", [version])
        assert [(each["name"], each["datatype"], each["shape"]) for each in told["inputs"]] == [
            ("age", "INT64", [-1, 1]),
            ("town", "BYTES", [-1, 1]),
        ]
        assert told["inputs"][1]["parameters"]["categories"] == ["Bern", "Oslo"]
        assert [(each["name"], each["shape"]) for each in told["outputs"]] == [
            ("predict", [-1]),
            ("probabilities", [-1, 2]),
        ]
        assert client.get(f"{path}/ready").get_json() == {"name": "towns", "ready": True}


def test_versions_of_one_number_are_told_with_their_names(client, registered, wine_model, production):
    registered.version("wine", wine_model, name="first", version="1")
    registered.version("wine", wine_model, status="staging", name="second", version="1")
    assert sorted(client.get("/v2/models/wine").get_json()["versions"]) == ["first:1", "second:1"]
    body = matrix(production.head(1))
    assert client.post(INFER, json=body).get_json()["model_version"] == "first:1"
    named = client.post("/v2/models/wine/versions/second:1/infer", json=body)
    assert named.get_json()["model_version"] == "second:1"
    assert_error(client.post("/v2/models/wine/versions/1/infer", json=body), 400, "second:1")


def test_the_repository_index_lists_every_version(client, registered, wine, wine_model):
    registered.version("wine", wine_model, status=None, name="other", version="2")
    rows = client.post("/v2/repository/index", json={}).get_json()
    assert {(row["name"], row["version"], row["state"]) for row in rows} == {
        ("wine", "1", "READY"),
        ("wine", "2", "READY"),
    }
    assert sorted(row["reason"] for row in rows)[0].startswith("has no status")
    assert client.post("/v2/repository/index", json={"ready": True}).get_json() == rows
    assert client.post("/v2/repository/index").get_json() == rows
    assert_error(client.post("/v2/repository/index", json={"ready": "yes"}), 400, "ready")


def test_binary_tensors_and_a_body_without_a_type(client, wine, wine_model, production):
    rows = np.ascontiguousarray(production.to_numpy(), dtype="<f8")
    parameters = {"binary_data_size": rows.nbytes}
    tensor = {"name": "x", "shape": list(rows.shape), "datatype": "FP64", "parameters": parameters}
    head = orjson.dumps({"inputs": [tensor], "parameters": {"binary_data_output": True}})
    headers = {"Inference-Header-Content-Length": str(len(head))}
    for kind in (None, "application/octet-stream"):
        answer = client.post(INFER, data=head + rows.tobytes(), headers=headers, content_type=kind)
        assert outputs(answer)["predict"]["data"] == wine_model[0].predict(rows).tolist()
    wrong = {"Inference-Header-Content-Length": str(len(head) - 1)}
    assert_error(client.post(INFER, data=head + rows.tobytes(), headers=wrong), 400)
    for length in ("x", "-1", "9" * 30, "99999999"):
        sent = {"Inference-Header-Content-Length": length}
        assert_error(client.post(INFER, data=head + rows.tobytes(), headers=sent), 400, "header")
    assert_error(client.post(INFER, data=head, content_type="application/octet-stream"), 400, "header")


@pytest.mark.parametrize(
    ("document", "mentions"),
    [
        ("[]", "object"),
        ("{}", "inputs"),
        ('{"id": 1, "inputs": []}', "id"),
        ('{"inputs": [], "parameters": 1}', "parameters"),
        ('{"inputs": [], "parameters": {"subject": 1}}', "subject"),
        ('{"inputs": [], "outputs": {}}', "outputs"),
        ('{"inputs": [], "outputs": [1]}', "outputs[0]"),
        ('{"inputs": [], "outputs": [{"name": "predict", "parameters": 2}]}', "outputs[0].parameters"),
        ('{"inputs": [{"name": "x", "shape": [1, 14], "datatype": "FP64", "data": [1]}]}', "14"),
        ("{", "JSON"),
        ("", "empty"),
        ('{"inputs": [NaN]}', "JSON"),
    ],
)
def test_bad_requests_are_400_and_name_the_fault(client, wine, document, mentions):
    assert_error(client.post(INFER, data=document, content_type="application/json"), 400, mentions)


def test_a_fault_of_a_value_names_row_and_feature(client, registered, strict_model):
    registered.version("strict", strict_model)
    answer = client.post("/v2/models/strict/infer", json=body_of([[1.0, 2.0], [3.0, None]]))
    details = assert_error(answer, 400, "row 1")["details"]
    assert [(each["row"], each["type"]) for each in details] == [(1, "missing")]


def test_what_is_not_there_is_404_and_what_is_not_served_409(
    client, registered, wine, wine_model, production
):
    registered.version("idle", wine_model, status=None)
    body = matrix(production.head(1))
    for path in ("/v2/models/beer", "/v2/models/beer/ready", "/v2/models/wine/versions/9", "/v2/nothing"):
        assert_error(client.get(path), 404)
    assert_error(client.post("/v2/models/beer/infer", json=body), 404)
    assert_error(client.post("/v2/models/wine/versions/9/infer", json=body), 404)
    assert_error(client.get("/v2/models/%00/versions/%ff"), 404)
    assert_error(client.get("/v2/models/idle/ready"), 409)
    assert_error(client.post("/v2/models/idle/infer", json=body), 409)


def test_another_media_type_is_415(client, wine):
    assert_error(client.post(INFER, data="x", content_type="text/csv"), 415, "application/json")


def test_each_version_has_its_series(client, wine, production):
    client.post(INFER, json=matrix(production.head(5)))
    text = client.get("/metrics").get_data(as_text=True)
    for series in ("model_infer_request_success_total", "request_predict_seconds_count"):
        assert f'{series}{{model_name="wine",model_version=' in text


def test_a_model_without_probabilities_says_so(client, registered, wine_sets):
    features, target = wine_sets["training"]
    pipeline = make_pipeline(StandardScaler(), LinearSVC()).fit(features.iloc[:, :2].to_numpy(), target)
    fields = tuple(Field(name) for name in features.columns[:2])
    registered.version("svc", (pipeline, Signature(fields, (0, 1, 2), imputes=False)))
    assert [each["name"] for each in client.get("/v2/models/svc").get_json()["outputs"]] == ["predict"]
    body = body_of([[13.0, 2.0]])
    assert list(outputs(client.post("/v2/models/svc/infer", json=body))) == ["predict"]
    body["outputs"] = [{"name": "probabilities"}]
    assert_error(client.post("/v2/models/svc/infer", json=body), 400, "gives: predict.")
