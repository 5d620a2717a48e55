import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from servicekit.testing import assert_error


def test_a_new_production_version_moves_the_one_before_to_testing(
    two_versions, set_status, status_of, client
):
    first, second = two_versions
    response = set_status(second, "production", reason="better", evidence={"accuracy": 0.98})
    assert response.status_code == 201, response.text
    assert (status_of(first), status_of(second)) == ("testing", "production")
    history = client.get("/api/v1/endpoints/wine/history").get_json()["mlalgorithmstatuses"]
    assert [(each["version"], each["status"], each["active"]) for each in history] == [
        ("2", "production", True),
        ("1", "testing", True),
        ("2", "testing", False),
        ("1", "production", False),
    ]
    assert history[0]["evidence"] == {"accuracy": 0.98}
    assert (history[0]["created_by"], history[0]["reason"]) == ("Bob", "better")
    assert "took its place" in history[1]["reason"]
    assert history[3]["ended_at"] is not None
    one = client.get(f"/api/v1/mlalgorithmstatuses/{history[0]['id']}").get_json()
    assert one == history[0]
    assert client.get("/api/v1/endpoints/wine").get_json()["production"] == "classifier:2"


def test_the_same_status_again_changes_nothing(two_versions, set_status, client):
    first, _ = two_versions
    again = set_status(first, "production")
    assert again.status_code == 200
    assert client.get("/api/v1/mlalgorithmstatuses").get_json()["total"] == 2


def test_a_version_registered_for_production_replaces_the_one_there(two_versions, train, register, status_of):
    first, _ = two_versions
    train("SVC")
    third = register(algorithm_status="production").get_json()
    assert (status_of(first), status_of(third)) == ("testing", "production")


@pytest.fixture
def three_versions(two_versions, set_status, train, register):
    """Three versions that were in production one after the other; the last one is."""
    set_status(two_versions[1], "production")
    train("SVC")
    return (*two_versions, register(algorithm_status="production").get_json())


def test_rolling_back_goes_back_one_by_one(three_versions, status_of, client):
    first, second, third = three_versions

    def roll_back():
        body = {"created_by": "Eve", "reason": "it fails"}
        return client.post("/api/v1/endpoints/wine/rollback", json=body)

    answer = roll_back()
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["parent_mlalgorithm"] == second["id"]
    assert answer.get_json()["evidence"] == {"rolled_back_from": third["id"]}
    assert (status_of(second), status_of(third)) == ("production", "testing")
    assert roll_back().get_json()["parent_mlalgorithm"] == first["id"]
    assert_error(roll_back(), 409, mentions="was in production before")
    assert status_of(first) == "production"


def test_a_version_taken_out_of_production_comes_back(two_versions, set_status, status_of, client):
    first, _ = two_versions
    set_status(first, "staging")
    assert client.get("/api/v1/endpoints/wine").get_json()["production"] is None
    client.post("/api/v1/endpoints/wine/rollback", json={"created_by": "Eve"})
    assert status_of(first) == "production"


def test_rolling_back_what_is_not_there(client):
    assert_error(client.post("/api/v1/endpoints/none/rollback", json={"created_by": "Eve"}), 404)


@pytest.mark.parametrize(
    ("changes", "status", "mentions"),
    [
        ({"parent_mlalgorithm": 999_999}, 404, "999999"),
        ({"parent_mlalgorithm": 2**63}, 400, "parent_mlalgorithm"),
        ({"status": "ab_testing"}, 409, "POST /api/v1/abtests"),
        ({"status": "gone"}, 400, "status"),
        ({"created_by": None}, 400, "created_by"),
        ({"evidence": [1]}, 400, "evidence"),
    ],
)
def test_what_is_wrong_is_named(two_versions, client, changes, status, mentions):
    body = {"parent_mlalgorithm": two_versions[0]["id"], "status": "staging", "created_by": "Bob", **changes}
    assert_error(client.post("/api/v1/mlalgorithmstatuses", json=body), status, mentions=mentions)


def test_a_version_in_a_running_test_keeps_its_status(two_versions, set_status, client):
    first, second = two_versions
    body = {
        "title": "C",
        "created_by": "Ada",
        "parent_mlalgorithm_1": first["id"],
        "parent_mlalgorithm_2": second["id"],
    }
    test = client.post("/api/v1/abtests", json=body)
    assert test.status_code == 201, test.text
    assert_error(set_status(first, "production"), 409, mentions="/api/v1/stop_ab_test/")
    rollback = client.post("/api/v1/endpoints/wine/rollback", json={"created_by": "Eve"})
    assert_error(rollback, 409, mentions="/api/v1/stop_ab_test/")


def test_the_database_refuses_a_second_version_in_production(two_versions, app):
    _, second = two_versions
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        ended = text("UPDATE ml_model.algorithm_statuses SET active = false WHERE algorithm_id = :id")
        session.execute(ended, {"id": second["id"]})
        added = text(
            "INSERT INTO ml_model.algorithm_statuses (algorithm_id, endpoint_id, status, created_by, reason) "
            "VALUES (:id, :endpoint, 'production', 'tests', '')"
        )
        with pytest.raises(IntegrityError, match="uq_algorithm_statuses_production"):
            session.execute(added, {"id": second["id"], "endpoint": second["parent_endpoint"]})
        session.rollback()


def test_a_damaged_model_gets_no_traffic(two_versions, set_status, status_of, app):
    _, second = two_versions
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        session.execute(text("UPDATE ml_model.artifacts SET content = 'broken'"))
        session.commit()
    assert_error(set_status(second, "production"), 409, mentions="gets no traffic")
    assert status_of(second) == "testing"


def test_a_caller_cannot_make_a_status_look_like_a_rollback(client):
    body = {"parent_mlalgorithm": 1, "status": "testing", "created_by": "me"}
    answer = client.post("/api/v1/mlalgorithmstatuses", json=body | {"evidence": {"rolled_back_from": 1}})
    assert_error(answer, 400, mentions="rolled_back_from")
