"""`demo` plays the whole guide, again and again."""

import re

import pytest

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize("time_of_playing", ["first", "second"])
def test_the_demo_succeeds(stack, time_of_playing):
    said = stack.command("demo", seconds=600)
    assert said.returncode == 0, said.stdout + said.stderr
    for model in ("LogisticRegression", "RandomForest", "SVC"):
        assert re.search(rf"  {model} .*0\.9\d\d\d", said.stdout), said.stdout
    deployed = said.stdout.partition("deployed: ")[2]
    for dataset in ("training", "testing", "production"):
        assert re.search(rf"  {dataset} .*\d\.\d{{4}}", deployed), said.stdout
    assert re.search(r"Stop the test.*tree:1 is in testing, \w+:1 is in production", said.stdout), said.stdout
    assert re.search(r"A/B test +promote: \w+:1 is better than tree:1\.", said.stdout), said.stdout
    for heading in ("drifted features", "failed tests", "train again?"):
        assert heading in said.stdout
    for url in stack.urls.values():
        assert url in said.stdout


def test_its_own_experiment_stays_and_the_throw_away_one_is_gone(stack):
    listed = stack.asked("tracking", "GET", "/root/tracking/experiments")["data"]
    active = [each for each in listed if each["lifecycle_stage"] == "active"]
    assert [each["run_count"] for each in active if each["name"].startswith("wine_demo_")] == [3, 3]
    assert not [each for each in active if each["name"].startswith("wine_throw_away_")]


def test_each_time_it_leaves_an_endpoint_with_the_winner_and_the_loser(stack):
    listed = stack.asked("ml-model", "GET", "/api/v1/endpoints")["endpoints"]
    own = [each for each in listed if each["name"].startswith("wine_demo_")]
    assert [each["versions"] for each in own] == [2, 2]
    assert not [each for each in own if each["production"] in (None, "tree:1")]
    asked = {"endpoint": own[0]["name"], "limit": 1}
    kept = stack.asked("ml-model", "GET", "/api/v1/mlrequests", params=asked)
    assert kept["total"] == 178
    assert kept["requests"][0]["feedback"] is not None
