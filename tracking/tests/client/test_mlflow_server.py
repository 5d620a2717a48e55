"""The connection to the MLflow server, and what becomes of its errors."""

import os

import mlflow.telemetry
import pytest
from mlflow.exceptions import MlflowException, RestException
from pydantic import SecretStr

from servicekit.errors import Unavailable
from stack.ports import free_port
from tracking.client.mlflow_server import MlflowCheck, MlflowRefused, MlflowUnavailable, answering, connect
from tracking.config.settings import Settings

NOWHERE = SecretStr("postgresql://nobody:nothing@127.0.0.1:1/nowhere")


def settings_for(url):
    return Settings(
        dataset_database_url=NOWHERE, mlflow_database_url=NOWHERE, mlflow_tracking_uri=url, mlflow_retries=0
    )


def test_mlflow_does_not_phone_home():
    assert mlflow.telemetry.get_telemetry_client() is None


def test_time_limits_reach_mlflows_client(settings):
    connect(settings)
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == str(settings.mlflow_timeout_seconds)
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"


def test_a_server_that_is_not_there_is_unavailable():
    client = connect(settings_for(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(Unavailable, match="MLflow"), answering():
        client.get_experiment_by_name("any")


@pytest.mark.parametrize("code", ["INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE"])
def test_a_server_that_fails_is_unavailable(code):
    with pytest.raises(MlflowUnavailable), answering():
        raise RestException({"error_code": code, "message": "no database"})


def test_a_server_that_refuses_says_why(mlflow_client):
    with pytest.raises(MlflowRefused, match="RESOURCE_DOES_NOT_EXIST") as refusal, answering():
        mlflow_client.get_run("0" * 32)
    assert refusal.value.status == 502


def test_other_faults_of_the_client_are_unavailable():
    with pytest.raises(MlflowUnavailable), answering():
        raise MlflowException("API request failed")


def test_the_check_passes_with_a_server_and_raises_without(settings):
    MlflowCheck(settings)()
    with pytest.raises(Exception, match="refused"):
        MlflowCheck(settings_for(f"http://127.0.0.1:{free_port()}"))()
