"""The server that is started directly is the one that MLflow's own command would start."""

import json
import sys
import time

import httpx
import mlflow.environment_variables as variables
import psycopg2
import pytest
from mlflow.server import constants

from stack import mlflow_server
from stack.addresses import Addresses
from stack.leftovers import of_program
from stack.parts import MLFLOW_SERVER, PARTS
from stack.ports import free_port
from stack.programs import Servers, programs_of
from stack.settings import DatabaseAddresses, QueueAddresses, Settings


def test_the_variables_are_those_of_the_installed_version():
    assert mlflow_server.STORE == constants.BACKEND_STORE_URI_ENV_VAR
    assert mlflow_server.ARTIFACT_ROOT == constants.ARTIFACT_ROOT_ENV_VAR
    assert mlflow_server.ARTIFACT_DESTINATION == constants.ARTIFACTS_DESTINATION_ENV_VAR
    assert mlflow_server.SERVE_ARTIFACTS == constants.SERVE_ARTIFACTS_ENV_VAR
    assert variables._MLFLOW_SERVER_BOOT_ID.name == mlflow_server.BOOT_ID
    assert variables._MLFLOW_IN_JOB_EXECUTOR.name == mlflow_server.JOB_EXECUTOR
    assert variables._MLFLOW_SGI_NAME.name == mlflow_server.GATEWAY


@pytest.fixture(scope="module")
def home(new_home):
    with new_home() as made:
        yield made


@pytest.fixture(scope="module")
def database(postgres):
    return postgres.create_database()


@pytest.fixture(scope="module")
def client(home, database, supervise_in):
    databases = DatabaseAddresses(database, database)
    settings = Settings(home, 0, {part.name: free_port() for part in PARTS}, databases)
    programs = programs_of(settings, Addresses(databases, QueueAddresses("", "")), Servers())
    supervise_in(home, tuple(program for program in programs if program.name == MLFLOW_SERVER.name))
    with httpx.Client(base_url=settings.urls[MLFLOW_SERVER.name], trust_env=False, timeout=10) as client:
        wait_until_ready(client, home)
        yield client


def wait_until_ready(client, home):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if client.get(MLFLOW_SERVER.ready_path).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(home.log(MLFLOW_SERVER.name).read_text())


def test_experiments_are_in_postgresql_and_artifacts_go_through_the_server(client, database, home):
    created = client.post("/api/2.0/mlflow/experiments/create", json={"name": "grapes"}).json()
    connection = psycopg2.connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, artifact_location FROM experiments WHERE name = 'grapes'")
            name, location = cursor.fetchone()
    finally:
        connection.close()
    assert name == "grapes"
    assert location == f"mlflow-artifacts:/{created['experiment_id']}"
    put = client.put("/api/2.0/mlflow-artifacts/artifacts/note.json", content=json.dumps({"a": 1}))
    assert put.is_success, put.text
    assert (home.artifacts / "note.json").read_text() == '{"a": 1}'


def test_a_foreign_host_name_is_refused(client):
    answer = client.get("/api/2.0/mlflow/experiments/search?max_results=1", headers={"Host": "evil.example"})
    assert answer.status_code == 403


def test_the_user_interface_is_there(client):
    assert "<html" in client.get("/").text.lower()


def test_it_is_one_process_of_the_environment(client, home):
    processes = of_program(home.run, MLFLOW_SERVER.name)
    assert len(processes) == 1
    assert processes[0].cmdline()[0] == sys.executable
