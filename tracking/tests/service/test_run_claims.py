"""Claims on open runs, with a real PostgreSQL and a real MLflow server."""

import pytest
from sqlalchemy import text

from tracking.client.mlflow_writers import MlflowWriters
from tracking.service.run_claims import REASON, RunClaims


@pytest.fixture
def claims(mlflow_database, settings):
    return RunClaims(mlflow_database, MlflowWriters.of(settings).runs)


@pytest.fixture
def opened(mlflow_client, experiment_id):
    def open_run(optimization_id=None):
        tags = {"optimization_id": optimization_id} if optimization_id else {}
        return mlflow_client.create_run(experiment_id, tags=tags).info.run_id

    return open_run


@pytest.fixture
def status(mlflow_client):
    return lambda run_id: mlflow_client.get_run(run_id).info.status


def test_a_run_that_nobody_is_at_work_on_is_closed_with_a_reason(claims, opened, status, mlflow_client):
    left = opened("an optimization that was killed")
    with claims.claimed():
        pass
    assert status(left) == "FAILED"
    assert mlflow_client.get_run(left).data.tags["failure_reason"] == REASON


def test_a_run_that_somebody_is_at_work_on_is_left_alone(claims, opened, status):
    with claims.claimed() as first:
        at_work = opened(first)
        with claims.claimed():
            assert status(at_work) == "RUNNING"
    with claims.claimed():
        assert status(at_work) == "FAILED"


def test_runs_that_no_optimization_opened_are_left_alone(claims, opened, status):
    foreign = opened()
    with claims.claimed():
        assert status(foreign) == "RUNNING"


def test_a_lost_connection_ends_the_claim_and_not_the_work(claims, opened, status, mlflow_database):
    others = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = 'tracking' AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    with claims.claimed() as optimization_id:
        run_id = opened(optimization_id)
        with mlflow_database.reading() as session:
            assert session.execute(others).scalar_one() >= 1
    with claims.claimed():
        assert status(run_id) == "FAILED"
