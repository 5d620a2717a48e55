"""The guide passes against the containers, and nothing of it is lost when they are made anew."""

import json

import pytest
from newman_runner import install, run_collection
from serving_requests import ALGORITHMS

pytestmark = [pytest.mark.containers]

ROTATED = ("predictor_database_url", "mlflow_database_url", "queue_url")


def test_the_guide_by_postman_passes(containers, tmp_path):
    said = run_collection(install(containers.home), containers.urls, tmp_path / "report.json")
    assert said.returncode == 0, said.stdout[-6000:]


def test_the_demo_passes(containers):
    said = containers.command("demo")
    assert said.returncode == 0, said.stdout[-4000:] + said.stderr[-4000:]
    assert containers.urls["mlflow"] in said.stdout, "addresses that a person can open"


def test_the_workload_makes_history(containers):
    said = containers.command("workload", "--executions", "100")
    assert said.returncode == 0, said.stdout[-4000:] + said.stderr[-4000:]
    assert "100" in said.stdout


def test_status_logs_and_urls_tell_of_the_containers(containers):
    status = containers.command("status")
    assert status.returncode == 0, status.stdout
    assert containers.urls["predictor"] in status.stdout
    assert "predictor-worker" in status.stdout
    assert "worker ready" in containers.command("logs", "predictor-worker", "-n", "500").stdout
    unknown = containers.command("logs", "nobody")
    assert unknown.returncode == 1
    assert "predictor-worker" in unknown.stderr
    assert json.loads(containers.command("urls", "--json").stdout) == containers.urls


def facts(containers) -> dict:
    """Return what must be the same before and after."""
    experiments = containers.asked("tracking", "GET", "/root/tracking/experiments")
    return {
        "sets": containers.asked("simulator", "GET", "/root/simulator/datasets"),
        "experiments": experiments,
        "deployed": containers.asked("ml-model", "GET", "/root/ml"),
        "versions": containers.asked("ml-model", "GET", ALGORITHMS),
        "models": containers.asked("predictor", "GET", "/api/models"),
    }


def test_down_and_up_lose_nothing_with_new_secrets_either(containers):
    before = facts(containers)
    containers.down()
    assert containers.compose.containers() == []
    old = {name: (containers.compose.secrets / name).read_text() for name in ROTATED}
    for name in ROTATED:
        (containers.compose.secrets / name).unlink()
    containers.up()
    assert facts(containers) == before
    assert not {name for name in ROTATED if (containers.compose.secrets / name).read_text() == old[name]}


def test_a_backup_brings_everything_back_when_the_volumes_are_gone(containers, tmp_path):
    file = tmp_path / "backup.tar"
    before = facts(containers)
    said = containers.command("backup", str(file))
    assert said.returncode == 0, said.stdout + said.stderr
    containers.take_away()
    said = containers.command("restore", str(file))
    assert said.returncode == 0, said.stdout + said.stderr
    assert facts(containers) == before
