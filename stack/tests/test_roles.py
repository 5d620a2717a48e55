"""Each service's role may do its part in the databases, and everything else is refused."""

import subprocess
import sys

import psycopg2
import pytest

from stack.container_secrets import secret
from stack.mlflow_server import READ_BY_TRACKING
from stack.parts import MIGRATIONS
from stack.postgres import EmbeddedPostgres
from stack.provision import Server, main, provision
from stack.roles import MLFLOW_READER, ROLES, database_of

PASSWORDS = {role: f"password-of-{role}" for role in ROLES}
ALLOWED = {
    "simulator": (
        "SELECT 1 FROM predictions",
        "DELETE FROM datasets",
        "SELECT 1 FROM datasets FOR NO KEY UPDATE",
    ),
    "ml_model": (
        "SELECT 1 FROM datasets FOR NO KEY UPDATE",
        "DELETE FROM predictions",
        "UPDATE ml_model.requests SET feedback = NULL",
        "DELETE FROM ml_model.batch_chunks",
    ),
    "tracking": ("SELECT 1 FROM samples", "SELECT pg_advisory_lock(1)"),
    "monitoring": ("SELECT 1 FROM predictions",),
    "predictor": ("CREATE TEMPORARY TABLE staged (number integer)", "SELECT 1 FROM predictor.training_jobs"),
    MLFLOW_READER: tuple(f"TABLE {table}" for table in READ_BY_TRACKING),
}
REFUSED = {
    "simulator": (
        "DELETE FROM predictions",
        "TRUNCATE datasets CASCADE",
        "SELECT 1 FROM ml_model.requests",
        "SELECT 1 FROM predictor.training_jobs",
        "CREATE TABLE mine (number integer)",
        "CREATE TEMPORARY TABLE mine (number integer)",
    ),
    "ml_model": (
        "DELETE FROM datasets",
        "UPDATE datasets SET name = 'mine'",
        "DELETE FROM samples",
        "DELETE FROM ml_model.requests",
        "DROP TABLE ml_model.requests",
        "UPDATE ml_model.alembic_version SET version_num = 'none'",
        "SELECT 1 FROM predictor.training_jobs",
    ),
    "tracking": ("DELETE FROM datasets", "SELECT 1 FROM predictions", "SELECT 1 FROM ml_model.requests"),
    "monitoring": ("DELETE FROM predictions", "SELECT 1 FROM ml_model.trained_models"),
    "predictor": (
        "SELECT 1 FROM samples",
        "DELETE FROM predictor.predictions",
        "SELECT 1 FROM ml_model.requests",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ),
    MLFLOW_READER: (
        "DELETE FROM runs",
        "SELECT 1 FROM registered_models",
        "CREATE TABLE mine (number integer)",
    ),
}


@pytest.fixture(scope="module")
def server(new_home):
    with new_home() as home, EmbeddedPostgres(home.root / "own", settings={"fsync": "off"}) as running:
        provision(Server("127.0.0.1", running.port, running.password), PASSWORDS)
        migrate(running)
        yield running


def address(server, role):
    return f"postgresql://{role}:{PASSWORDS[role]}@127.0.0.1:{server.port}/{database_of(role)}"


def migrate(server):
    for migration in MIGRATIONS:
        command = [sys.executable, "-m", migration.module]
        subprocess.run(command, check=True, env={"DATASET_DATABASE_URL": address(server, "datasets")})
    code = "from stack.mlflow_server import prepare_schema; prepare_schema(%r)"
    subprocess.run([sys.executable, "-c", code % address(server, "mlflow")], check=True)


def does(server, role, statement):
    connection = psycopg2.connect(address(server, role))
    try:
        connection.cursor().execute(statement)
    finally:
        connection.rollback()
        connection.close()


@pytest.mark.parametrize("role", ALLOWED)
def test_a_role_may_do_its_part(server, role):
    for statement in ALLOWED[role]:
        does(server, role, statement)


@pytest.mark.parametrize("role", REFUSED)
def test_the_rest_is_refused(server, role):
    for statement in REFUSED[role]:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            does(server, role, statement)


def test_rights_that_somebody_added_by_hand_are_gone_after_the_next_migration(server):
    owner = psycopg2.connect(address(server, "datasets"))
    with owner, owner.cursor() as cursor:
        cursor.execute("GRANT ALL ON samples TO monitoring")
    owner.close()
    does(server, "monitoring", "DELETE FROM samples")
    migrate(server)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        does(server, "monitoring", "DELETE FROM samples")


def test_a_secret_comes_from_the_environment_else_from_its_file(tmp_path, monkeypatch):
    (tmp_path / "mlflow_database_url").write_text("from the file\n")
    assert secret("mlflow_database_url", tmp_path) == "from the file"
    monkeypatch.setenv("MLFLOW_DATABASE_URL", "from the environment")
    assert secret("mlflow_database_url", tmp_path) == "from the environment"
    with pytest.raises(SystemExit, match="QUEUE_URL is not set"):
        secret("queue_url", tmp_path)


def test_an_address_of_another_role_is_refused(monkeypatch):
    for role in ROLES:
        monkeypatch.setenv(f"{role}_database_url".upper(), f"postgresql://{role}:p@postgres:5432/d")
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", "postgresql://datasets:p@postgres:5432/d")
    with pytest.raises(SystemExit, match="named after: simulator"):
        main("nowhere")
