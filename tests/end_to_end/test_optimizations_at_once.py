"""Optimizations do not disturb each other: two at the same time, and one name twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from guide_requests import EXPERIMENTS, RUNS, load, metrics, optimize

pytestmark = pytest.mark.end_to_end

MODELS = ("LogisticRegression", "SVC")


@pytest.fixture(scope="module", autouse=True)
def training_set(stack):
    load(stack, "training")


def at_once(stack, *names):
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: optimize(stack, name, MODELS), names))


def runs(stack, experiment_id):
    return stack.asked("tracking", "GET", RUNS, params={"experiment_id": experiment_id})["data"]


def test_two_at_once_keep_apart(stack):
    first, second = at_once(stack, "at once, first", "at once, second")
    assert first["experiment_id"] != second["experiment_id"]
    for ids in (first, second):
        logged = runs(stack, ids["experiment_id"])
        assert {run["run_id"] for run in logged} == set(ids["run_ids"].values())
        assert {run["status"] for run in logged} == {"FINISHED"}
    for model in MODELS:
        found = [metrics(stack, ids["experiment_id"], ids["run_ids"][model]) for ids in (first, second)]
        assert found[0] == found[1]


def test_one_name_twice_at_once_gives_one_experiment_with_all_runs(stack):
    first, second = at_once(stack, "one name", "one name")
    assert first["experiment_id"] == second["experiment_id"]
    logged = {run["run_id"] for run in runs(stack, first["experiment_id"])}
    assert logged == {*first["run_ids"].values(), *second["run_ids"].values()}
    assert len(logged) == 2 * len(MODELS)


def test_a_name_can_be_used_again_after_its_experiment_was_deleted(stack):
    first = optimize(stack, "used again", MODELS[:1])
    stack.asked("tracking", "DELETE", EXPERIMENTS, params={"experiment_id": first["experiment_id"]})
    second = optimize(stack, "used again", MODELS[:1])
    assert second["experiment_id"] != first["experiment_id"]
    assert len(runs(stack, second["experiment_id"])) == 1
