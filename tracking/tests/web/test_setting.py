"""Deploying a run's model to ml-model."""

import pytest

from servicekit.testing import assert_error

ROUTE = "/root/tracking/model_management"


def deploy(client, run_id):
    return client.post(ROUTE, json={"request_information": "setting", "run_id": run_id})


def test_the_tuned_model_is_passed_on_with_exact_types(client, optimize, small, ml_model):
    grid = {"n_estimators": [3], "max_depth": [None], "max_features": [0.5], "bootstrap": [False]}
    data = optimize({**small, "models": ["RandomForest"], "hyperparameters": {"RandomForest": grid}})
    run_id = data["run_ids"]["RandomForest"]
    answer = deploy(client, run_id)
    assert (answer.status_code, answer.get_json()) == (200, {"message": "Model successfully uploaded"})
    assert ml_model.sent == [
        {
            "model_name": "RandomForest",
            "hyperparameters": {
                "n_estimators": 3,
                "max_depth": None,
                "max_features": 0.5,
                "bootstrap": False,
            },
            "preprocessing": "standard",
            "run_id": run_id,
        }
    ]


def test_the_preprocessing_that_was_tuned_is_the_one_that_is_deployed(client, optimize, small, ml_model):
    data = optimize({**small, "preprocessing": "none"})
    deploy(client, data["run_ids"]["DecisionTree"])
    assert ml_model.sent[0]["preprocessing"] == "none"


def test_what_ml_model_refuses_is_passed_on_as_it_is(client, optimize, small, ml_model):
    ml_model.status, ml_model.answer = 400, {"error": "Model not Found", "message": "There is no such model."}
    answer = deploy(client, optimize(small)["run_ids"]["DecisionTree"])
    assert (answer.status_code, answer.get_json()) == (400, ml_model.answer)


def test_an_ml_model_that_fails_is_not_our_failure(client, optimize, small, ml_model):
    run_id = optimize(small)["run_ids"]["DecisionTree"]
    for said, answered in ((500, 502), (503, 503)):
        ml_model.status = said
        assert_error(deploy(client, run_id), answered, "ml-model")


def test_a_run_that_is_unknown_or_deleted_is_404(client, optimize, small):
    assert_error(deploy(client, "0" * 32), 404, "no run")
    data = optimize(small)
    run_id = data["run_ids"]["DecisionTree"]
    client.delete(f"/root/tracking/runs?experiment_id={data['experiment_id']}&run_id={run_id}")
    assert_error(deploy(client, run_id), 404, "no run")


def test_a_run_that_no_optimization_made_is_404(client, mlflow_client, experiment_id):
    run_id = mlflow_client.create_run(experiment_id).info.run_id
    mlflow_client.set_terminated(run_id)
    assert_error(deploy(client, run_id), 404, "optimization")


@pytest.mark.parametrize("text", ["{", "[1]", "null"])
def test_a_run_whose_hyperparameters_were_spoiled_by_hand_is_404(client, mlflow_client, experiment_id, text):
    tags = {"experiment_type": "GridSearch_CrossValidation", "model_type": "SVC", "hyperparameters": text}
    run_id = mlflow_client.create_run(experiment_id, tags=tags).info.run_id
    mlflow_client.set_terminated(run_id)
    assert_error(deploy(client, run_id), 404, "hyperparameters")


def test_a_run_that_failed_or_goes_on_is_409(client, optimize, small, mlflow_client, experiment_id):
    grids = {"LogisticRegression": {"dual": [True], "solver": ["lbfgs"]}}
    data = optimize({**small, "models": ["LogisticRegression"], "hyperparameters": grids})
    assert_error(deploy(client, data["failed"]["LogisticRegression"]["run_id"]), 409, "FAILED")
    tags = {"experiment_type": "GridSearch_CrossValidation", "model_type": "SVC"}
    running = mlflow_client.create_run(experiment_id, tags=tags).info.run_id
    assert_error(deploy(client, running), 409, "RUNNING")


@pytest.mark.parametrize(
    "change", [{}, {"run_id": None}, {"run_id": 1}, {"run_id": ""}, {"run_id": "x" * 101}]
)
def test_a_run_id_has_to_be_given(client, change):
    body = {"request_information": "setting", **change}
    assert_error(client.post(ROUTE, json=body), 400, "run_id")
