"""How many predictions are kept."""

from servicekit.testing import assert_error

ROW = {"alcohol": 13.2, "hue": 1.0}
TENSOR = {"name": "x", "shape": [1, 2], "datatype": "FP64", "data": [13.2, 1.0]}


def total(served, **query):
    return served.client.get("/api/v1/mlrequests", query_string=query).get_json()["total"]


def test_nothing_is_kept_where_nothing_is_to_be(serving_with, strict_model):
    with serving_with(kept_predictions_share=0.0) as served:
        served.version("wine", strict_model)
        for _ in range(3):
            answer = served.predict("wine", ROW).get_json()
            assert answer["kept"] is False
            assert_error(served.request(answer["request_id"]), 404)
            assert_error(served.feedback(answer["request_id"], feedback="one"), 404)
        inferred = served.client.post("/v2/models/wine/infer", json={"inputs": [TENSOR]})
        assert inferred.status_code == 200, inferred.text
        assert total(served) == 0


def test_a_share_is_kept(serving_with, strict_model):
    with serving_with(kept_predictions_share=0.5) as served:
        served.version("wine", strict_model)
        kept = [served.predict("wine", ROW).get_json()["kept"] for _ in range(400)]
        assert 120 < sum(kept) < 280  # beyond that once in 10^14 runs
        assert total(served) == sum(kept)


def test_everything_of_a_test_is_kept(serving_with, strict_model):
    with serving_with(kept_predictions_share=0.0) as served:
        arms = [served.version("wine", strict_model, status) for status in ("production", "testing")]
        body = {"title": "t", "created_by": "tests", "parent_mlalgorithm_1": arms[0]}
        started = served.client.post("/api/v1/abtests", json=body | {"parent_mlalgorithm_2": arms[1]})
        assert started.status_code == 201, started.text
        answers = [served.predict("wine", ROW).get_json() for _ in range(20)]
        assert all(answer["kept"] for answer in answers)
        assert {answer["abtest"] for answer in answers} == {started.get_json()["id"]}
        served.client.post("/v2/models/wine/infer", json={"inputs": [TENSOR]})
        assert total(served, abtest=started.get_json()["id"]) == 21
        named = served.predict("wine", ROW, version=answers[0]["model_version"]).get_json()
        assert (named["kept"], named["abtest"]) == (False, None)
