"""An A/B test from its beginning to production, over HTTP with real models."""

import pytest


@pytest.fixture
def two(serving, model_of):
    """A good model in staging, and in production one that hardly learns."""
    _, rows, wine = serving
    poor, signature = model_of(C=1e-6)
    good, _ = model_of()
    return (
        rows.version(wine, "production", signature=signature, model=poor),
        rows.version(wine, "staging", signature=signature, model=good),
    )


@pytest.fixture
def truths(wine_sets):
    return [int(label) for label in wine_sets["testing"][1]]


def test_the_better_model_wins_by_feedback_and_answers_from_then_on(serving, two, predict, inputs, truths):
    client, rows, wine = serving
    body = {"title": "C", "created_by": "ana", "parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": two[1]}
    test = client.post("/api/v1/abtests", json=body | {"rules": {"minimum_sample": 20}}).get_json()
    met = set()
    for _ in range(5):
        for values, truth in zip(inputs, truths, strict=True):
            answer = predict(values)
            assert (answer["abtest"], answer["status"]) == (test["id"], "ab_testing")
            met.add(answer["mlalgorithm"])
            feedback = client.put(f"/api/v1/mlrequests/{answer['request_id']}", json={"feedback": truth})
            assert feedback.status_code == 200, feedback.get_json()
    assert met == set(two)
    report = client.get(f"/api/v1/abtests/{test['id']}").get_json()["report"]
    assert sum(arm["requests"] for arm in report["arms"]) == 5 * len(inputs)
    assert [arm["feedback_share"] for arm in report["arms"]] == [1, 1]
    ended = client.post(f"/api/v1/stop_ab_test/{test['id']}", json={"created_by": "ben"}).get_json()
    assert ended["report"]["outcome"]["promoted"] == two[1], ended["summary"]
    assert rows.statuses(wine) == {two[0]: "testing", two[1]: "production"}
    after = predict(inputs[0])
    assert (after["mlalgorithm"], after["abtest"], after["status"]) == (two[1], None, "production")
    back = client.post("/api/v1/endpoints/wine/rollback", json={"created_by": "ana"})
    assert back.status_code in {200, 201}, back.get_json()
    assert predict(inputs[0])["mlalgorithm"] == two[0]


def test_a_subject_stays_in_its_arm_and_counts_once(serving, two, predict, inputs):
    client, _, _ = serving
    body = {"title": "C", "created_by": "ana", "parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": two[1]}
    test = client.post("/api/v1/abtests", json=body).get_json()
    for number in range(12):
        arms = {predict(values, subject=f"grower-{number}")["mlalgorithm"] for values in inputs[:4]}
        assert len(arms) == 1
    report = client.get(f"/api/v1/abtests/{test['id']}").get_json()["report"]
    assert sum(arm["requests"] for arm in report["arms"]) == 48
    assert sum(arm["units"] for arm in report["arms"]) == 12


def test_a_version_that_is_asked_for_by_name_does_not_count(serving, two, predict, inputs):
    client, _, _ = serving
    body = {"title": "C", "created_by": "ana", "parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": two[1]}
    test = client.post("/api/v1/abtests", json=body).get_json()
    name = client.get(f"/api/v1/abtests/{test['id']}").get_json()["arms"][0]["version"]
    assert predict(inputs[0], version=name)["abtest"] is None
    report = client.get(f"/api/v1/abtests/{test['id']}").get_json()["report"]
    assert [arm["requests"] for arm in report["arms"]] == [0, 0]
