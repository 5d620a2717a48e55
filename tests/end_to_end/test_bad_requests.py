"""Whatever a caller gets wrong is a 4xx in the one error shape that says what to do."""

import json

import pytest
from bad_requests import Bad, check, raw
from guide_requests import EXPERIMENTS, MANAGEMENT, RUNS, load, optimization, optimize
from prediction_requests import PREDICT, VALIDATE
from running_stack import SERVICES

pytestmark = pytest.mark.end_to_end

SIMULATOR, SETS, ML, SET_MODEL = (
    "/root/simulator",
    "/root/simulator/datasets",
    "/root/ml",
    "/root/ml/set_model",
)
MONITORING = "/root/monitoring"
UNKNOWN_RUN = "0" * 32
LOGISTIC = ("LogisticRegression",)

# Every endpoint that takes a body, with a body that it would take.
BODIES = {
    ("simulator", SIMULATOR): {"set_name": "testing"},
    ("ml-model", ML): {"dataset": "testing"},
    ("ml-model", SET_MODEL): {"model_name": "SVC", "hyperparameters": {"C": 1.0}},
    ("tracking", MANAGEMENT): optimization("bad requests", LOGISTIC),
    ("tracking", EXPERIMENTS): {"experiment_id": "0", "request_information": "general"},
    ("tracking", RUNS): {
        "experiment_id": "0",
        "run_id": UNKNOWN_RUN,
        "request_information": "metrics",
        "type": "model",
    },
    ("monitoring", MONITORING): {"metric": "report"},
    ("predictor", PREDICT): {"query_hash": 4001},
    ("predictor", VALIDATE): {"prediction_id": "pred-001", "actual_execution_time_ms": 118.2},
}
NUMBERS = {"query_hash", "actual_execution_time_ms"}
ENDPOINTS = [pytest.param(*endpoint, id=" ".join(endpoint)) for endpoint in BODIES]


@pytest.mark.parametrize(("service", "path"), ENDPOINTS)
class TestEveryBody:
    """Faults that can be made with any body."""

    def test_broken_json(self, stack, service, path):
        text = json.dumps(BODIES[service, path])[:-1]
        check(stack.call(service, "POST", path, **raw(text)), 400, "JSON")

    def test_no_body(self, stack, service, path):
        check(stack.call(service, "POST", path, **raw("")), 400)

    @pytest.mark.parametrize("text", ["[]", "null", "3", '"text"', "[1e999]", "{}"])
    def test_no_object_or_an_empty_one(self, stack, service, path, text):
        check(stack.call(service, "POST", path, **raw(text)), 400)

    def test_wrong_content_type(self, stack, service, path):
        text = json.dumps(BODIES[service, path])
        check(stack.call(service, "POST", path, **raw(text, "text/plain")), 415, "application/json")

    def test_form(self, stack, service, path):
        check(stack.call(service, "POST", path, data={"set_name": "training"}), 415)

    def test_huge(self, stack, service, path):
        body = {**BODIES[service, path], "padding": "x" * 2_000_000}
        check(stack.call(service, "POST", path, json=body), 413)

    def test_bytes_that_are_no_text(self, stack, service, path):
        more = {"content": b'{"set_name": "\xff\xfe"}', "headers": {"Content-Type": "application/json"}}
        check(stack.call(service, "POST", path, **more), 400)

    def test_deep(self, stack, service, path):
        check(stack.call(service, "POST", path, **raw('{"a":' * 50_000 + "1" + "}" * 50_000)), 400)

    def test_unknown_key(self, stack, service, path):
        body = {**BODIES[service, path], "colour": "red"}
        check(stack.call(service, "POST", path, json=body), 400, "colour")

    def test_each_key_missing(self, stack, service, path):
        optional = {"experiment_description", "experiment_owner", "scoring", "cv"}
        for key in set(BODIES[service, path]) - optional:
            body = {name: value for name, value in BODIES[service, path].items() if name != key}
            check(stack.call(service, "POST", path, json=body), 400, key)

    @pytest.mark.parametrize("wrong", [None, 7, 1.5, True, [], {}, "", "no such thing \u0000", "x" * 5000])
    def test_each_key_of_a_wrong_type(self, stack, service, path, wrong):
        free = {"experiment_description", "experiment_owner", "hyperparameters", "experiment_name", "cv"}
        for key in set(BODIES[service, path]) - free:
            if key in NUMBERS and wrong in (7, 1.5):
                continue
            response = stack.call(service, "POST", path, json={**BODIES[service, path], key: wrong})
            # What no id looks like is an id that is not there.
            check(response, response.status_code if response.status_code == 404 and "id" in key else 400)

    def test_nan(self, stack, service, path):
        for key in BODIES[service, path]:
            text = json.dumps({**BODIES[service, path], key: float("nan")})
            check(stack.call(service, "POST", path, **raw(text)), 400, "JSON")

    def test_wrong_method(self, stack, service, path):
        check(stack.call(service, "PATCH", path, json=BODIES[service, path]), 405)


def bad_optimization(name, status, mentions, **more):
    body = {**optimization("bad requests", LOGISTIC), **more}
    return Bad(name, "tracking", "POST", MANAGEMENT, status, mentions, body)


def bad_grid(name, mentions, grid):
    return bad_optimization(name, 400, mentions, hyperparameters={"LogisticRegression": grid})


def bad_model(name, mentions, hyperparameters):
    body = {"model_name": "LogisticRegression", "hyperparameters": hyperparameters}
    return Bad(name, "ml-model", "POST", SET_MODEL, 400, mentions, body)


def bad_set(name, status, mentions, body):
    return Bad(name, "simulator", "POST", SIMULATOR, status, mentions, body)


def bad_question(name, path, status, mentions, body):
    return Bad(name, "tracking", "POST", path, status, mentions, body)


def drift(**more):
    return {"set_name": "production", "drift": more}


MILLION = {"C": [0.001 * step for step in range(1, 1001)], "tol": [0.001 * step for step in range(1, 1001)]}
ABOUT_NOTHING = {"experiment_id": "987654321", "request_information": "general"}

REQUESTS = [
    bad_set("unknown set", 400, "training", {"set_name": "holiday"}),
    bad_set("unknown source", 400, "wine", {"set_name": "training", "source": "beer"}),
    bad_set("drift of training", 400, "production", {**drift(kind="noise"), "set_name": "training"}),
    bad_set("unknown drift", 400, "offset", drift(kind="earthquake")),
    bad_set("drift out of bounds", 400, "shift", drift(shift=1e9)),
    bad_set("negative drift", 400, "shift", drift(shift=-1)),
    bad_set("all values missing", 400, "missing_fraction", drift(missing_fraction=1.5)),
    bad_set("negative seed", 400, "seed", {"set_name": "production", "seed": -1}),
    bad_set("seed too large", 400, "seed", {"set_name": "production", "seed": 2**40}),
    bad_set("seed as text", 400, "seed", {"set_name": "production", "seed": "42"}),
    Bad("remove without a name", "simulator", "DELETE", SIMULATOR, 400, "set_name"),
    Bad("remove an unknown set", "simulator", "DELETE", SIMULATOR, 400, "", None, {"set_name": "holiday"}),
    Bad(
        "remove what is not loaded",
        "simulator",
        "DELETE",
        SIMULATOR,
        404,
        "load",
        None,
        {"set_name": "training", "source": "breast_cancer"},
    ),
    Bad("unknown parameter", "simulator", "GET", SETS, 400, "colour", None, {"colour": "red"}),
    Bad("score on an unknown set", "ml-model", "POST", ML, 400, "dataset", {"dataset": "holiday"}),
    Bad(
        "train on what is not loaded",
        "ml-model",
        "POST",
        ML,
        404,
        "simulator",
        {"dataset": "training", "source": "breast_cancer"},
    ),
    Bad(
        "deploy an unknown model",
        "ml-model",
        "POST",
        SET_MODEL,
        400,
        "Model not Found",
        {"model_name": "Oracle", "hyperparameters": {}},
    ),
    bad_model("unknown hyperparameter", "wings", {"wings": 2}),
    bad_model("hyperparameter of a wrong type", "C", {"C": "much"}),
    bad_model("hyperparameter out of range", "C", {"C": -1.0}),
    bad_model("hyperparameter as object", "C", {"C": {"a": 1}}),
    bad_model("unknown solver", "solver", {"solver": "guessing"}),
    bad_optimization("one fold", 400, "cv", cv=1),
    bad_optimization("no fold", 400, "cv", cv=0),
    bad_optimization("folds as text", 400, "cv", cv="5"),
    bad_optimization("half a fold", 400, "cv", cv=2.5),
    bad_optimization("more folds than the smallest class has samples", 400, "29", cv=30),
    bad_optimization("a million folds", 400, "cv", cv=10**6),
    bad_optimization("more folds than a number holds", 400, "cv", cv=10**30),
    bad_optimization("unknown scoring", 400, "scoring", scoring="beauty"),
    bad_optimization("scoring for numbers", 400, "scoring", scoring="r2"),
    bad_optimization("no models", 400, "models", models=[]),
    bad_optimization("unknown model", 400, "Model not Found", models=["Oracle"]),
    bad_optimization("one model twice", 400, "models", models=["LogisticRegression"] * 2),
    bad_optimization("model without a grid", 400, "SVC", models=["SVC"]),
    bad_optimization("unknown preprocessing", 400, "preprocessing", preprocessing="magic"),
    bad_optimization("blank name", 400, "experiment_name", experiment_name="  "),
    bad_optimization("name of control characters", 400, "experiment_name", experiment_name="a\u0001"),
    bad_optimization("endless name", 400, "experiment_name", experiment_name="x" * 5000),
    bad_optimization("source that is not loaded", 404, "simulator", source="breast_cancer"),
    bad_grid("no values", "C", {"C": []}),
    bad_grid("values that are no list", "C", {"C": 0.1}),
    bad_grid("unknown hyperparameter in a grid", "wings", {"wings": [1, 2]}),
    bad_grid("wrong value in a grid", "C", {"C": [0.1, "much"]}),
    bad_grid("value out of range in a grid", "C", {"C": [-1.0]}),
    bad_grid("a million candidates", "1000000", MILLION),
    bad_optimization("grid that is a list", 400, "hyperparameters", hyperparameters=[1]),
    bad_question(
        "deploy an unknown run",
        MANAGEMENT,
        404,
        "run",
        {"request_information": "setting", "run_id": UNKNOWN_RUN},
    ),
    bad_question("unknown management", MANAGEMENT, 400, "optimization", {"request_information": "magic"}),
    bad_question("unknown experiment", EXPERIMENTS, 404, "experiment", ABOUT_NOTHING),
    bad_question(
        "experiment id that is no number", EXPERIMENTS, 404, "", {**ABOUT_NOTHING, "experiment_id": "one"}
    ),
    bad_question(
        "experiment id out of range", EXPERIMENTS, 404, "", {**ABOUT_NOTHING, "experiment_id": "9" * 40}
    ),
    bad_question(
        "best by nothing", EXPERIMENTS, 400, "filter", {**ABOUT_NOTHING, "request_information": "best_model"}
    ),
    bad_question(
        "best by an unknown metric",
        EXPERIMENTS,
        400,
        "model_accuracy",
        {**ABOUT_NOTHING, "request_information": "best_model", "filter": ["beauty"]},
    ),
    Bad("runs of nothing", "tracking", "GET", RUNS, 400, "experiment_id"),
    Bad(
        "runs of an unknown experiment",
        "tracking",
        "GET",
        RUNS,
        404,
        "",
        None,
        {"experiment_id": "987654321"},
    ),
    Bad("delete nothing", "tracking", "DELETE", EXPERIMENTS, 400, "experiment_id"),
    Bad(
        "delete an unknown experiment",
        "tracking",
        "DELETE",
        EXPERIMENTS,
        404,
        "",
        None,
        {"experiment_id": "x"},
    ),
    Bad(
        "delete a run of nothing",
        "tracking",
        "DELETE",
        RUNS,
        400,
        "experiment_id",
        None,
        {"run_id": UNKNOWN_RUN},
    ),
    Bad("unknown metric", "monitoring", "POST", MONITORING, 400, "report", {"metric": "horoscope"}),
    Bad(
        "unknown group",
        "monitoring",
        "POST",
        MONITORING,
        400,
        "data_stability",
        {"metric": "summary", "tests": {"horoscope": True}},
    ),
    Bad(
        "group that is neither true nor false",
        "monitoring",
        "POST",
        MONITORING,
        400,
        "data_drift",
        {"metric": "summary", "tests": {"data_drift": "yes"}},
    ),
    Bad(
        "monitor an unknown source",
        "monitoring",
        "POST",
        MONITORING,
        409,
        "",
        {"metric": "report", "source": "x"},
    ),
    *(Bad(f"unknown path of {service}", service, "GET", "/nowhere", 404) for service in SERVICES),
]


@pytest.fixture(scope="module", autouse=True)
def something_to_refuse_from(stack):
    load(stack, "training")
    model = {"model_name": "DecisionTree", "hyperparameters": {}}
    stack.asked("ml-model", "POST", SET_MODEL, json=model)


@pytest.mark.parametrize("bad", REQUESTS, ids=lambda bad: bad.name)
def test_a_bad_request_is_refused(stack, bad):
    body = {} if bad.body is None else {"json": bad.body}
    response = stack.call(bad.service, bad.method, bad.path, params=bad.query, **body)
    check(response, bad.status, bad.mentions)


@pytest.fixture(scope="module")
def two_experiments(stack):
    return optimize(stack, "has runs", LOGISTIC), optimize(stack, "has other runs", LOGISTIC)


@pytest.mark.parametrize("kind", ["metrics", "parameters"])
def test_a_foreign_run_is_not_shown(stack, two_experiments, kind):
    own, other = two_experiments
    body = {
        "experiment_id": own["experiment_id"],
        "run_id": other["run_ids"]["LogisticRegression"],
        "request_information": kind,
        "type": "model",
    }
    check(stack.call("tracking", "POST", RUNS, json=body), 404, "run")


def test_a_foreign_run_is_not_deleted(stack, two_experiments):
    own, other = two_experiments
    query = {"experiment_id": own["experiment_id"], "run_id": other["run_ids"]["LogisticRegression"]}
    check(stack.call("tracking", "DELETE", RUNS, params=query), 404, "run")


def test_a_deleted_run_is_gone_everywhere(stack):
    ids = optimize(stack, "soon without runs", LOGISTIC)
    run = {"experiment_id": ids["experiment_id"], "run_id": ids["run_ids"]["LogisticRegression"]}
    stack.asked("tracking", "DELETE", RUNS, params=run)
    check(stack.call("tracking", "DELETE", RUNS, params=run), 404, "run")
    asked = {**run, "request_information": "metrics", "type": "model"}
    check(stack.call("tracking", "POST", RUNS, json=asked), 404, "run")
    setting = {"request_information": "setting", "run_id": run["run_id"]}
    check(stack.call("tracking", "POST", MANAGEMENT, json=setting), 404, "run")


def test_nothing_was_logged_for_what_was_refused(stack):
    names = {each["name"] for each in stack.asked("tracking", "GET", EXPERIMENTS)["data"]}
    assert "bad requests" not in names
