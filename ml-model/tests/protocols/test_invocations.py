"""MLflow's scoring protocol on real models, checked against scikit-learn."""

import importlib.metadata

import pytest

from ml_model.bootstrap import create_app
from servicekit.testing import assert_error


def forms(table):
    rows = table.astype(object).where(table.notna(), None)
    split = rows.to_dict("split")
    return {
        "dataframe_split": {"dataframe_split": split},
        "dataframe_records": {"dataframe_records": rows.to_dict("records")},
        "instances": {"instances": rows.to_numpy().tolist()},
        "inputs": {"inputs": rows.to_dict("list"), "params": {}},
    }


@pytest.fixture(params=["dataframe_split", "dataframe_records", "instances", "inputs"])
def form(request):
    return request.param


def test_the_process_tells_that_it_lives_and_mlflows_version(client):
    assert client.get("/ping").status_code == 200
    version = client.get("/version")
    assert version.get_data(as_text=True) == importlib.metadata.version("mlflow-skinny")
    assert version.mimetype == "text/plain"


def test_every_form_is_answered_as_scikit_learn_does(client, wine, wine_model, production, form):
    answer = client.post("/invocations", json=forms(production)[form])
    told = answer.get_json()
    assert told["predictions"] == wine_model[0].predict(production.to_numpy()).tolist()
    assert (told["model_name"], told["model_version"]) == ("wine", "1")
    assert len(set(told["request_ids"])) == len(production)


def test_csv_and_the_word_nan_are_read(client, wine, wine_model, production):
    expected = wine_model[0].predict(production.to_numpy()).tolist()
    csv = client.post("/invocations", data=production.to_csv(index=False), content_type="text/csv")
    assert csv.get_json()["predictions"] == expected
    text = production.to_json(orient="split").replace("null", "NaN")
    answer = client.post(
        "/invocations", data=f'{{"dataframe_split": {text}}}', content_type="application/json"
    )
    assert answer.get_json()["predictions"] == expected


def test_texts_are_read(client, registered, town_model):
    registered.version("towns", town_model)
    split = {"columns": ["town", "age"], "data": [["Oslo", 30], ["Bern", 40]]}
    answer = client.post("/invocations", json={"dataframe_split": split})
    assert answer.get_json()["predictions"] == [1, 0]


def test_the_endpoint_is_named_or_clear(client, registered, wine_model, production):
    body = forms(production.head(1))["instances"]
    assert_error(client.post("/invocations", json=body), 409, "POST /api/v1/mlalgorithms")
    registered.version("wine", wine_model)
    registered.version("idle", wine_model, status=None)
    assert client.post("/invocations", json=body).get_json()["model_name"] == "wine"
    version = registered.version("other", wine_model)
    told = assert_error(client.post("/invocations", json=body), 409, "?endpoint=")
    assert sorted(told["details"][0]["known"]) == ["other", "wine"]
    named = client.post(f"/invocations?endpoint=other&version={version}", json=body).get_json()
    assert (named["model_name"], named["model_version"]) == ("other", version)
    assert_error(client.post("/invocations?endpoint=none", json=body), 404)
    assert_error(client.post("/invocations?endpoint=other&version=none", json=body), 404)
    assert_error(client.post("/invocations?endpoint=idle", json=body), 409)
    assert_error(client.post("/invocations?model=other", json=body), 400)


def test_the_setting_names_the_endpoint(settings, client_of):
    chosen = create_app(settings.model_copy(update={"invocations_endpoint": "beer"}))
    assert_error(client_of(chosen).post("/invocations", json={"instances": [[1]]}), 404, "beer")


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ("{}", "dataframe_split"),
        ('{"instances": [[1]]}', "13 values"),
        ('{"instances": [[1]], "params": {"a": 1}}', "params"),
        ('{"instances": [[1]], "params": []}', "params"),
        ('{"instances": [[Infinity]]}', "JSON"),
        ('{"instances": [[NaN, Infinity]]}', "finite"),
        ('{"instances": [[NaN, ' + "9" * 5000 + "]]}", "JSON"),
        ('{"instances": [[NaN, "\\ud800"]]}', "JSON"),
        ('{"instances": [[NaN, "\\u0000"]]}', "NUL"),
        ('{"a": NaN, "b": ' + "[" * 100_000 + "}", "JSON"),
        ('{"inputs": {"alcohol": [1], "proof": [1]}}', "proof"),
    ],
)
def test_bad_tables_are_400_and_name_the_fault(client, wine, text, mentions):
    assert_error(client.post("/invocations", data=text, content_type="application/json"), 400, mentions)


def test_bad_csv_is_400_and_another_media_type_415(client, wine):
    assert_error(client.post("/invocations", data="a;b\n1;2", content_type="text/csv"), 400, "no feature")
    assert_error(client.post("/invocations", data="{}", content_type="text/plain"), 415, "text/csv")
    assert_error(client.post("/invocations", data="{}"), 415, "text/csv")


def test_a_table_over_the_limit_is_413(settings, client_of):
    small = create_app(settings.model_copy(update={"max_inference_body_bytes": 2048}))
    answer = client_of(small).post("/invocations", data="x" * 4096, content_type="text/csv")
    assert_error(answer, 413, "MAX_INFERENCE_BODY_BYTES")
