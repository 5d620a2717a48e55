"""The guide's requests in the guide's order, against its answers."""

import re

import pytest

EXPERIMENTS = "/root/tracking/experiments"
RUNS = "/root/tracking/runs"
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
STATISTICS = {"mean", "median", "std_dev", "variance", "min", "max", "mode", "iqr"}
MODELS = ["LogisticRegression", "RandomForest", "SVC"]


@pytest.fixture
def tuned(optimize, guide, experiment_name):
    return optimize({**guide, "experiment_name": experiment_name, "preprocessing": "none"})


def ask(client, path, **body):
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["data"]


def test_the_guides_optimization_and_all_that_is_read_of_it(client, tuned, experiment_name):
    experiment_id, run_ids = tuned["experiment_id"], tuned["run_ids"]
    assert list(run_ids) == MODELS
    assert tuned["failed"] == {}
    check_experiments(client, experiment_id, experiment_name)
    check_runs(client, experiment_id, run_ids)
    check_general(client, experiment_id, experiment_name)
    check_best_model(client, experiment_id, run_ids)
    check_statistics(client, experiment_id)
    check_run(client, experiment_id, run_ids)


def check_experiments(client, experiment_id, experiment_name):
    answer = client.get(EXPERIMENTS).get_json()
    assert answer["message"] == "Experiments retrieved successfully"
    assert answer["data"][0] == {
        "experiment_id": experiment_id,
        "name": experiment_name,
        "lifecycle_stage": "active",
        "run_count": 3,
    }


def check_runs(client, experiment_id, run_ids):
    answer = client.get(f"{RUNS}?experiment_id={experiment_id}").get_json()
    assert (answer["message"], answer["total"]) == ("Experiment Runs Retrieved", 3)
    assert [run["run_id"] for run in answer["data"]] == [run_ids[model] for model in reversed(MODELS)]
    run = answer["data"][0]
    assert run["status"] == "FINISHED"
    assert run["run_name"] == "SVC Grid_Search_Opt and CV_Performance"
    assert TIME.fullmatch(run["start_time"])
    assert run["start_time"] <= run["end_time"]
    assert run["tags"]["model_type"] == "SVC"
    assert run["tags"]["experiment_type"] == "GridSearch_CrossValidation"
    assert run["tags"]["preprocessing"] == "none"


def check_general(client, experiment_id, experiment_name):
    data = ask(client, EXPERIMENTS, experiment_id=experiment_id, request_information="general")
    info, runs = data["experiment_info"], data["experiment_runs"]
    assert (info["experiment_id"], info["experiment_name"]) == (experiment_id, experiment_name)
    assert info["artifact_location"] == f"mlflow-artifacts:/{experiment_id}"
    assert info["tags"] == {
        "description": "Grid Search Optimization - Cross Validation Performance",
        "owner": "Ale",
    }
    assert TIME.fullmatch(info["data_creation"])
    assert TIME.fullmatch(info["last_updated"])
    counted = [runs[f"{kind}_runs"] for kind in ("completed", "failed", "active", "stopped")]
    assert (runs["number_of_runs"], counted) == (3, [3, 0, 0, 0])
    assert runs["first_run_started"] <= runs["first_run_completed"] <= runs["last_run_completed"]


def check_best_model(client, experiment_id, run_ids):
    best = ask(
        client,
        EXPERIMENTS,
        experiment_id=experiment_id,
        request_information="best_model",
        filter=["model_accuracy"],
    )
    assert best["run_id"] == run_ids["LogisticRegression"]
    assert best["run_name"] == "LogisticRegression Grid_Search_Opt and CV_Performance"
    assert best["model"] == "LogisticRegression"
    assert best["metrics"] == {"model_accuracy": pytest.approx(0.9245283018867925, abs=1e-9)}


def check_statistics(client, experiment_id):
    data = ask(
        client, EXPERIMENTS, experiment_id=experiment_id, request_information="statistics", filter=["all"]
    )
    assert {"duration", "accuracy", "f1_score", "precision", "recall", "cpu_usage"} == set(data)
    assert all(set(summary) >= STATISTICS for summary in data.values())
    assert data["accuracy"]["max"] == pytest.approx(0.9245283018867925, abs=1e-9)
    assert data["accuracy"]["median"] == pytest.approx(0.9150943396226415, abs=1e-9)


def check_run(client, experiment_id, run_ids):
    run = {"experiment_id": experiment_id, "run_id": run_ids["LogisticRegression"]}
    assert ask(client, RUNS, **run, request_information="parameters", type="data") == {
        "classes": "3",
        "features": "13",
        "samples": "106",
    }
    assert ask(client, RUNS, **run, request_information="parameters", type="grid_search") == {
        "C": "[0.1, 1]",
        "cv_folds": "5",
        "scoring": "accuracy",
        "solver": "['liblinear']",
    }
    assert ask(client, RUNS, **run, request_information="parameters", type="model") == {
        "C": "0.1",
        "solver": "liblinear",
    }
    system = ask(client, RUNS, **run, request_information="metrics", type="system")
    assert set(system) == {"cpu_usage", "execution_time"}
    assert ask(client, RUNS, **run, request_information="metrics", type="model") == {
        "accuracy": pytest.approx(0.9245283018867925, abs=1e-9),
        "f1_score": pytest.approx(0.9237421383647798, abs=1e-9),
        "precision": pytest.approx(0.9257992656461439, abs=1e-9),
        "recall": pytest.approx(0.9245283018867925, abs=1e-9),
    }


def test_the_default_preprocessing_scores_higher_and_is_kept_with_the_model(
    client, optimize, guide, tuned, experiment_name
):
    scaled = optimize({**guide, "experiment_name": experiment_name})
    for model in ("LogisticRegression", "SVC"):
        accuracies = [
            ask(
                client,
                RUNS,
                experiment_id=data["experiment_id"],
                run_id=data["run_ids"][model],
                request_information="metrics",
                type="model",
            )["accuracy"]
            for data in (tuned, scaled)
        ]
        assert accuracies[1] > accuracies[0]
