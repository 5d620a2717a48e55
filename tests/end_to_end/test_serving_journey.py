"""A model on its way from training to a served version, and what callers can do with it."""

import pytest
from guide_requests import load
from serving_requests import (
    ENDPOINTS,
    ERROR_KEYS,
    REQUESTS,
    all_requests,
    predict,
    predict_path,
    register,
    rows_for,
    set_status,
    two_versions,
)

pytestmark = pytest.mark.end_to_end

ENDPOINT = "wine-journey"


@pytest.fixture(scope="module")
def versions(stack) -> tuple[dict, dict]:
    load(stack, "production")
    return two_versions(stack, ENDPOINT)


@pytest.fixture(scope="module")
def row(versions) -> dict:
    return rows_for(versions[0], 1)[0]


def refused(stack, answered: int, row: dict, **query: object) -> dict:
    response = stack.call("ml-model", "POST", predict_path(ENDPOINT), json=row, params=query)
    assert response.status_code == answered, response.text
    assert set(response.json()) == ERROR_KEYS
    return response.json()


def same_answer(answer: dict, other: dict) -> bool:
    return [answer[key] for key in ("label", "probabilities")] == [
        other[key] for key in ("label", "probabilities")
    ]


def test_status_and_version_choose_who_answers(stack, versions, row):
    first, second = versions
    by_default = predict(stack, ENDPOINT, row)
    assert (by_default["mlalgorithm"], by_default["status"]) == (first["id"], "production")
    assert set(by_default["probabilities"]) == {"0", "1", "2"}
    assert sum(by_default["probabilities"].values()) == pytest.approx(1)
    in_testing = predict(stack, ENDPOINT, row, status="testing")
    assert (in_testing["mlalgorithm"], in_testing["status"]) == (second["id"], "testing")
    assert not same_answer(by_default, in_testing)
    for asked in (
        {"version": second["version"]},
        {"version": "classifier:2"},
        {"version": "2", "status": "testing"},
    ):
        assert same_answer(predict(stack, ENDPOINT, row, **asked), in_testing)
    assert refused(stack, 404, row, version="3")["error"] == "Version not found"
    assert refused(stack, 404, row, version="2", status="production")["error"] == "Version not found"
    assert refused(stack, 409, row, status="staging")["error"] == "Nothing served"


def test_several_that_match_are_listed(stack, versions, row):
    third = register(stack, ENDPOINT)
    told = refused(stack, 400, row, status="testing")
    assert told["error"] == "Several versions"
    assert {each["version"] for each in told["details"]} == {"classifier:2", "classifier:3"}
    assert predict(stack, ENDPOINT, row, status="testing", version="3")["mlalgorithm"] == third["id"]
    set_status(stack, third, "staging")
    assert predict(stack, ENDPOINT, row, status="testing")["mlalgorithm"] == versions[1]["id"]


def test_the_other_protocols_give_the_same_answers(stack, versions, row):
    first, second = versions
    names = [field["name"] for field in first["signature"]["fields"]]
    values = [row[name] for name in names]
    tensor = {"name": "x", "shape": [1, len(values)], "datatype": "FP64", "data": values}
    for version, where in ((first, ""), (second, "/versions/2")):
        own = predict(stack, ENDPOINT, row, version=version["version"])
        answer = stack.asked(
            "ml-model", "POST", f"/v2/models/{ENDPOINT}{where}/infer", json={"inputs": [tensor]}
        )
        outputs = {each["name"]: each["data"] for each in answer["outputs"]}
        assert answer["model_version"] == version["version"]
        assert outputs["predict"] == [own["label"]]
        assert outputs["probabilities"] == pytest.approx(list(own["probabilities"].values()), abs=1e-12)
        kept = stack.asked("ml-model", "GET", f"{REQUESTS}/{answer['parameters']['request_ids'][0]}")
        assert (kept["input_data"], kept["response"]) == (row, own["label"])
    table = {"dataframe_split": {"columns": names, "data": [values]}}
    query = {"endpoint": ENDPOINT}
    invoked = stack.asked("ml-model", "POST", "/invocations", json=table, params=query)
    assert invoked["predictions"] == [predict(stack, ENDPOINT, row)["label"]]


def test_a_prediction_is_kept_and_takes_its_true_label(stack, versions, row):
    answer = predict(stack, ENDPOINT, row, subject="bottle 7")
    path = f"{REQUESTS}/{answer['request_id']}"
    kept = stack.asked("ml-model", "GET", path)
    assert kept["input_data"] == row
    assert (kept["response"], kept["subject"], kept["feedback"]) == (answer["label"], "bottle 7", None)
    assert kept["full_response"] == {"probabilities": answer["probabilities"]}
    other = next(label for label in (0, 1, 2) if label != answer["label"])
    assert stack.asked("ml-model", "PUT", path, json={"feedback": other})["feedback"] == other
    assert stack.asked("ml-model", "PUT", path, json={"feedback": other})["feedback"] == other
    differs = stack.call("ml-model", "PUT", path, json={"feedback": answer["label"]})
    assert (differs.status_code, differs.json()["error"]) == (409, "Feedback differs")
    again = stack.asked("ml-model", "PUT", path, json={"feedback": answer["label"], "replace": True})
    assert again["feedback"] == answer["label"]
    with_feedback = all_requests(stack, ENDPOINT, feedback="true")
    assert with_feedback == {answer["request_id"]: again}


def test_a_switch_can_be_rolled_back_and_leaves_its_history(stack, versions, row):
    first, second = versions
    before = stack.asked("ml-model", "GET", f"{ENDPOINTS}/{ENDPOINT}/history")["total"]
    set_status(stack, second, "production", reason="better", evidence={"accuracy": 0.97})
    assert predict(stack, ENDPOINT, row)["mlalgorithm"] == second["id"]
    assert predict(stack, ENDPOINT, row, status="testing")["mlalgorithm"] == first["id"]
    body = {"created_by": "tests", "reason": "complaints"}
    stack.asked("ml-model", "POST", f"{ENDPOINTS}/{ENDPOINT}/rollback", json=body)
    assert predict(stack, ENDPOINT, row)["mlalgorithm"] == first["id"]
    history = stack.asked("ml-model", "GET", f"{ENDPOINTS}/{ENDPOINT}/history")
    assert history["total"] == before + 4
    in_production = [each for each in history["mlalgorithmstatuses"] if each["status"] == "production"]
    assert [each["parent_mlalgorithm"] for each in in_production] == [first["id"], second["id"], first["id"]]
    assert [each["active"] for each in in_production] == [True, False, False]
    assert in_production[0]["evidence"] == {"rolled_back_from": second["id"]}
    assert in_production[1]["reason"] == "better"
    listed = stack.asked("ml-model", "GET", f"{ENDPOINTS}/{ENDPOINT}")
    assert (listed["versions"], listed["production"]) == (3, "classifier:1")
