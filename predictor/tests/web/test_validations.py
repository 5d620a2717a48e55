import pytest

from servicekit.testing import assert_error

PREDICT = "/api/predict/query-execution"
PATH = "/api/validate/prediction"


@pytest.fixture
def prediction(client, load, keep_model, history):
    load(history())
    keep_model()
    return client.post(PREDICT, json={"query_hash": 4001}).get_json()


def guide_request(prediction, **changes):
    """What the guide sends: with the prediction rounded to one digit."""
    return {
        "prediction_id": prediction["prediction_id"],
        "query_hash": 4001,
        "predicted_execution_time_ms": round(prediction["predicted_execution_time_ms"], 1),
        "actual_execution_time_ms": 118.2,
        "model_version": prediction["model_version"],
    } | changes


def test_a_real_time_is_compared_with_the_prediction(client, prediction):
    answer = client.post(PATH, json=guide_request(prediction)).get_json()
    predicted = prediction["predicted_execution_time_ms"]
    error = abs(predicted - 118.2) / 118.2
    assert answer["error_percent"] == pytest.approx(100 * error, abs=1e-3)
    assert answer["accuracy_score"] == pytest.approx(max(0, 1 - error), abs=1e-5)
    interval = prediction["confidence_interval"]
    inside = interval["lower_bound_ms"] <= 118.2 <= interval["upper_bound_ms"]
    assert answer["within_confidence_interval"] is inside
    assert answer["q_error"] == pytest.approx(max(predicted / 118.2, 118.2 / predicted), abs=1e-5)


def test_the_same_again_is_fine_and_counts_once(client, prediction):
    first = client.post(PATH, json=guide_request(prediction)).get_json()
    assert client.post(PATH, json=guide_request(prediction)).get_json() == first
    model = client.get("/api/models/latest").get_json()
    assert model["validation"]["validations"] == 1


def test_another_real_time_for_the_same_prediction_is_refused(client, prediction):
    client.post(PATH, json=guide_request(prediction))
    other = guide_request(prediction, actual_execution_time_ms=50.0)
    assert_error(client.post(PATH, json=other), 409, "118.2")


def test_an_unknown_prediction_is_not_found(client, prediction):
    assert_error(client.post(PATH, json=guide_request(prediction, prediction_id="pred-001")), 404, "pred-001")


@pytest.mark.parametrize(
    ("field", "value"),
    [("query_hash", 4002), ("predicted_execution_time_ms", 1e6), ("model_version", "v1.2")],
)
def test_what_contradicts_the_prediction_is_named_and_nothing_is_kept(client, prediction, field, value):
    error = assert_error(client.post(PATH, json=guide_request(prediction, **{field: value})), 400, field)
    assert error["details"][0]["field"] == field
    assert client.get("/api/models/latest").get_json()["validation"]["validations"] == 0


@pytest.mark.parametrize("actual", [0, -1.0, "118", None, True, 1e13])
def test_a_time_that_cannot_be_is_refused(client, prediction, actual):
    body = guide_request(prediction, actual_execution_time_ms=actual)
    assert_error(client.post(PATH, json=body), 400, "actual_execution_time_ms")


def test_the_id_and_the_time_are_enough(client, prediction):
    body = {"prediction_id": prediction["prediction_id"], "actual_execution_time_ms": 1.5}
    assert client.post(PATH, json=body).status_code == 200
