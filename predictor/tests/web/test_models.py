import pytest

from servicekit.testing import assert_error

PREDICT = "/api/predict/query-execution"


def test_there_is_no_active_model_at_first(client):
    assert_error(client.get("/api/models/latest"), 409, "POST /api/train/performance-model")
    empty = {"models": [], "total_models": 0, "active_model": None}
    assert client.get("/api/models").get_json() == empty


def test_models_are_listed_with_the_active_one(client, keep_model):
    first, second = keep_model(), keep_model(active=False)
    answer = client.get("/api/models").get_json()
    assert [model["model_id"] for model in answer["models"]] == [second, first]
    assert (answer["total_models"], answer["active_model"]) == (2, f"v{first}")
    assert [model["is_active"] for model in answer["models"]] == [False, True]
    assert client.get("/api/models?limit=1&offset=1").get_json()["models"][0]["model_id"] == first


def test_numbers_have_no_gaps(keep_model):
    assert [keep_model(active=False) for _ in range(3)] == [1, 2, 3]


def test_a_model_tells_how_it_was_judged(client, keep_model):
    model_id = keep_model()
    model = client.get(f"/api/models/{model_id}").get_json()
    assert set(model["q_error"]) == {"p50", "p90", "p95"}
    assert {"baselines", "coverage", "reliability", "feature_importance", "split"} <= set(model["report"])
    assert {"scikit-learn", "onnxruntime", "mapie"} <= set(model["library_versions"])
    assert len(model["artifact_sha256"]) == 64
    assert model["activations"][0]["deactivated_at"] is None
    assert client.get("/api/models/latest").get_json() == model
    assert client.get(f"/api/models/v{model_id}").get_json() == model


def test_switching_is_seen_by_the_next_prediction_and_remembered(client, load, keep_model, history):
    load(history())
    first, second = keep_model(), keep_model(active=False)
    assert client.post(PREDICT, json={"query_hash": 4001}).get_json()["model_version"] == f"v{first}"
    answer = client.post(f"/api/models/{second}/activate").get_json()
    assert answer == {"model_id": second, "model_version": f"v{second}", "status": "activated"}
    assert client.post(PREDICT, json={"query_hash": 4001}).get_json()["model_version"] == f"v{second}"
    assert client.post(f"/api/models/{second}/activate").status_code == 200
    past = client.get(f"/api/models/{first}").get_json()["activations"]
    present = client.get(f"/api/models/{second}").get_json()["activations"]
    assert len(past) == len(present) == 1
    assert past[0]["deactivated_at"] is not None
    assert present[0]["activated_at"] >= past[0]["deactivated_at"]


@pytest.mark.parametrize("unknown", ["99", "v99", "abc", "1.5", "-1", "9" * 30, "v", "²"])
def test_an_unknown_model_is_not_found(client, keep_model, unknown):
    keep_model()
    assert_error(client.get(f"/api/models/{unknown}"), 404, "GET /api/models")
    assert_error(client.post(f"/api/models/{unknown}/activate"), 404)
    assert_error(client.get(f"/api/models/{unknown}/plot"), 404)


@pytest.mark.parametrize(("kind", "starts"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_predicted_against_actual_is_a_picture(client, keep_model, kind, starts):
    picture = client.get(f"/api/models/{keep_model()}/plot?format={kind}")
    assert picture.status_code == 200
    assert picture.data.startswith(starts)
    assert kind in picture.mimetype
    assert_error(client.get("/api/models/1/plot?format=gif"), 400, "format")


def test_a_paging_that_cannot_be_is_refused(client):
    for query in ("limit=0", "limit=1001", "offset=-1", "limit=a", "page=1"):
        assert_error(client.get(f"/api/models?{query}"), 400)
