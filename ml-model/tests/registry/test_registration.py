import pytest
from sqlalchemy import text

from servicekit.testing import assert_error

SEED_KEYS = {"id", "name", "description", "code", "version", "owner", "parent_endpoint", "created_at"}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("LogisticRegression", "linear"),
        ("RandomForest", "trees"),
        ("SVC", "kernel"),
        ("HistGradientBoosting", "trees"),
        ("XGBoost", "trees"),
        ("LightGBM", "trees"),
        ("DecisionTree", "trees"),
    ],
)
def test_a_trained_model_becomes_a_version_that_is_compiled(train, register, client, name, form):
    version = train(name, {"n_estimators": 5} if name in {"RandomForest", "XGBoost", "LightGBM"} else {})
    response = register()
    assert response.status_code == 201, response.text
    answer = response.get_json()
    assert answer.keys() >= SEED_KEYS
    assert (answer["version"], answer["status"], answer["active"]) == ("1", "testing", True)
    assert answer["source"]["model_version"] == version
    assert answer["runtime"]["form"] == form, answer["runtime"]
    assert answer["runtime"]["largest_difference"] < 1e-5
    assert answer["runtime"]["rows_compared"] > 106
    assert answer["compiled_sha256"]
    assert answer["signature"]["imputes"] is True
    assert answer["signature"]["classes"] == [0, 1, 2]
    assert len(answer["signature"]["fields"]) == 13
    assert answer["signature"]["fields"][0].keys() >= {"name", "kind", "minimum", "maximum"}
    assert client.get(f"/api/v1/mlalgorithms/{answer['id']}").get_json() == answer


def test_the_endpoint_is_made_with_the_first_version(train, register, client):
    train()
    algorithm = register(algorithm_status="production").get_json()
    (endpoint,) = client.get("/api/v1/endpoints").get_json()["endpoints"]
    assert endpoint["id"] == algorithm["parent_endpoint"]
    assert (endpoint["name"], endpoint["owner"], endpoint["versions"]) == ("wine", "Ada", 1)
    assert (endpoint["production"], endpoint["production_mlalgorithm"]) == ("classifier:1", algorithm["id"])
    for path in ("wine", endpoint["id"]):
        assert client.get(f"/api/v1/endpoints/{path}").get_json() == endpoint


def test_the_same_again_is_answered_as_it_is_unless_forced(train, register):
    train()
    first = register()
    again = register()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    forced = register(force=True)
    assert (forced.status_code, forced.get_json()["number"]) == (201, 2)
    assert forced.get_json()["model_sha256"] == first.get_json()["model_sha256"]


def test_the_same_model_under_another_name_or_endpoint_is_a_version_of_its_own(train, register, app):
    train()
    answers = [register(), register(algorithm_name="other"), register(endpoint_name="elsewhere")]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert {answer.get_json()["number"] for answer in answers} == {1}
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        stored = session.execute(text("SELECT format, count(*) FROM ml_model.artifacts GROUP BY 1")).all()
    assert sorted(map(tuple, stored)) == [("compiled", 1), ("skops", 1)]


def test_a_version_of_ones_own_is_taken_once(train, register):
    train()
    assert register(algorithm_version="1.0.2").get_json()["version"] == "1.0.2"
    assert register(algorithm_version="1.0.2").status_code == 200
    train("LogisticRegression", {"C": 7.0})
    assert_error(register(algorithm_version="1.0.2"), 409, mentions="another algorithm_version")
    assert register().get_json()["version"] == "2"


def test_a_number_that_somebody_chose_is_not_given_again(train, register):
    train()
    assert register(algorithm_version="2").get_json()["number"] == 1
    assert register(force=True).get_json()["version"] == "2.1"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"source": {"trained_model_id": 999_999}}, (404, "trained model 999999")),
        ({"source": {}}, (400, "give one of")),
        ({"source": {"trained": True, "run_id": "a" * 32}}, (400, "give one of")),
        ({"source": {"registered_version": 1, "trained": True}}, (400, "registered_model")),
        ({"algorithm_status": "ab_testing"}, (409, "POST /api/v1/abtests")),
        ({"algorithm_status": "retired"}, (400, "algorithm_status")),
        ({"endpoint_name": "12"}, (400, "must not be a number")),
        ({"endpoint_name": "a/b"}, (400, "endpoint_name")),
        ({"algorithm_version": "1:2"}, (400, "algorithm_version")),
        ({"owner": ""}, (400, "owner")),
        ({"strange": 1}, (400, "strange")),
    ],
)
def test_what_is_wrong_is_named(train, register, client, changes, expected):
    train()
    assert_error(register(**changes), *expected)
    assert client.get("/api/v1/endpoints").get_json()["total"] == 0


def test_nothing_trained_yet_is_told(register):
    assert_error(register(), 404, mentions="train one")


def test_an_mlflow_server_that_is_away_is_told(register):
    assert_error(register(source={"run_id": "0" * 32}), 503, mentions="MLflow")
    assert_error(register(source={"registered_model": "wine"}), 503, mentions="MLflow")


def test_lists_are_paged_and_filtered(train, register, client):
    for penalty in (0.1, 1.0, 10.0):
        train("LogisticRegression", {"C": penalty})
        register(algorithm_status="staging" if penalty == 1.0 else "testing")
    register(endpoint_name="elsewhere", algorithm_name="other", owner="Bob")

    def listed(path, **query):
        answer = client.get(f"/api/v1/{path}", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    page = listed("mlalgorithms", limit=2, offset=1)
    assert (page["total"], page["limit"], page["offset"]) == (4, 2, 1)
    assert [each["version"] for each in page["mlalgorithms"]] == ["3", "2"]
    for query, total in (
        ({"endpoint": "wine"}, 3),
        ({"name": "other"}, 1),
        ({"version": "2"}, 1),
        ({"status": "staging"}, 1),
        ({"owner": "Bob"}, 1),
        ({"active": "true"}, 4),
        ({"active": "false"}, 0),
        ({"endpoint": "nowhere"}, 0),
    ):
        assert listed("mlalgorithms", **query)["total"] == total, query
    assert listed("endpoints", owner="Bob")["endpoints"][0]["name"] == "elsewhere"
    assert listed("endpoints", limit=1)["total"] == 2
    assert listed("mlalgorithmstatuses", endpoint="wine", status="staging")["total"] == 1
    assert_error(client.get("/api/v1/mlalgorithms?limit=0"), 400, mentions="limit")
    assert_error(client.get("/api/v1/mlalgorithms?colour=red"), 400, mentions="colour")


@pytest.mark.parametrize(
    "path",
    [
        "endpoints/none",
        "endpoints/%00",
        "endpoints/999999999999999999999/history",
        "mlalgorithms/1x",
        "mlalgorithmstatuses/99999999999999999999",
    ],
)
def test_unknown_ids_are_not_found(client, path):
    assert_error(client.get(f"/api/v1/{path}"), 404, mentions="lists what there is")
