"""`demo` plays the whole guide, again and again."""

import re

import pytest

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize("time_of_playing", ["first", "second"])
def test_the_demo_succeeds(stack, time_of_playing):
    said = stack.command("demo", seconds=120)
    assert said.returncode == 0, said.stdout + said.stderr
    for model in ("LogisticRegression", "RandomForest", "SVC"):
        assert re.search(rf"  {model} .*0\.9\d\d\d", said.stdout), said.stdout
    deployed = said.stdout.partition("deployed: ")[2]
    for dataset in ("training", "testing", "production"):
        assert re.search(rf"  {dataset} .*\d\.\d{{4}}", deployed), said.stdout
    for heading in ("drifted features", "failed tests", "train again?"):
        assert heading in said.stdout
    for url in stack.urls.values():
        assert url in said.stdout


def test_its_own_experiment_stays_and_the_throw_away_one_is_gone(stack):
    listed = stack.asked("tracking", "GET", "/root/tracking/experiments")["data"]
    active = [each for each in listed if each["lifecycle_stage"] == "active"]
    assert [each["run_count"] for each in active if each["name"].startswith("wine_demo_")] == [3, 3]
    assert not [each for each in active if each["name"].startswith("wine_throw_away_")]
