import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from pydantic import SecretStr
from sklearn.datasets import load_iris, load_wine
from sklearn.model_selection import train_test_split
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import datasetdb.migrate
import ml_model.migrate
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources
from datasetdb.schema import Column, SourceSchema, Target
from ml_model.bootstrap import create_app
from ml_model.config.settings import Settings
from servicekit.tls import client_context

CLOSED_PORT_URL = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def wine_sets():
    """Wine's training, testing and production sets, split as the simulator does."""
    features, target = load_wine(return_X_y=True, as_frame=True)
    features.columns = [name.replace("/", "__") for name in features.columns]
    training, rest, training_target, rest_target = train_test_split(
        features, target, train_size=0.6, random_state=42, stratify=target
    )
    testing, production, testing_target, production_target = train_test_split(
        rest, rest_target, train_size=0.5, random_state=42, stratify=rest_target
    )
    production = production.mask(production > production.quantile(0.97))
    sets = {
        "training": (training, training_target),
        "testing": (testing, testing_target),
        "production": (production + 0.15, production_target),
    }
    return {
        name: (one.reset_index(drop=True), labels.reset_index(drop=True))
        for name, (one, labels) in sets.items()
    }


@pytest.fixture(scope="session")
def wine_schema(wine_sets):
    columns = tuple(Column(name) for name in wine_sets["training"][0].columns)
    return SourceSchema("wine", columns, Target("target", "classification", (0, 1, 2)))


@pytest.fixture(scope="session")
def migrated(postgres):
    """The address of a database with all tables and no rows."""
    url = postgres.create_database()
    datasetdb.migrate.upgrade(url)
    ml_model.migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def settings(migrated):
    """Settings with a real database, an MLflow server that is not there, and nothing that runs beside."""
    return Settings(
        dataset_database_url=SecretStr(migrated),
        mlflow_tracking_uri=CLOSED_PORT_URL,
        mlflow_retries=0,
        journal_interval_seconds=3600,
        routes_most_seconds=0,
    )


@pytest.fixture
def app(settings, tmp_path):
    return create_app(settings.model_copy(update={"journal_directory": tmp_path / "journal"}))


@pytest.fixture
def client(app, client_of):
    """A client whose changes to the database are undone when the test ends."""
    return client_of(app)


@pytest.fixture
def load(app, client, wine_sets, wine_schema):
    """A function that loads sets of wine, or others by a schema and frames of one's own."""

    def load(*names, schema=wine_schema, sets=wine_sets):
        session = app.extensions["sqlalchemy"].session
        write(session, schema, {name: sets[name] for name in names})
        session.commit()

    with app.app_context():
        yield load


def write(session, schema, sets):
    """Write sets in the caller's transaction."""
    Sources(session).add(schema)
    for name, (features, target) in sets.items():
        Samples(session).write(Datasets(session).replace(schema.name, name, {}), features, target)


@pytest.fixture
def fresh_url(postgres, with_wine):
    """The address of a database of its own with wine's sets loaded, for what needs several connections."""
    return postgres.create_database(template=with_wine)


@pytest.fixture(scope="session")
def with_wine(postgres, wine_sets, wine_schema):
    """The name of a database with all tables and wine's sets, to be copied."""
    url = postgres.create_database("with_wine")
    datasetdb.migrate.upgrade(url)
    ml_model.migrate.upgrade(url)
    engine = create_engine(url)
    with Session(engine) as session:
        write(session, wine_schema, wine_sets)
        session.commit()
    engine.dispose()
    return "with_wine"


@pytest.fixture(scope="session")
def iris():
    """Another source, with four columns of its own."""
    features, target = load_iris(return_X_y=True, as_frame=True)
    columns = tuple(Column(name) for name in features.columns)
    schema = SourceSchema("iris", columns, Target("target", "classification", (0, 1, 2)))
    return schema, dict.fromkeys(("training", "testing"), (features, target))


class MlflowServer:
    """A real MLflow server on a free port, over files in a directory."""

    def __init__(self, directory):
        self._directory = directory
        self._port = _free_port()
        self._process = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self):
        store = f"sqlite:///{self._directory / 'mlflow.db'}"
        command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--backend-store-uri", store]
        command += ["--artifacts-destination", str(self._directory / "artifacts")]
        environment = {
            **os.environ,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        with (self._directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                if httpx.get(
                    f"{self.url}/health", timeout=2, trust_env=False, verify=client_context()
                ).is_success:
                    return self
            except httpx.HTTPError:
                time.sleep(0.2)
        raise RuntimeError((self._directory / "server.log").read_text()[-2000:])

    def stop(self):
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory):
    server = MlflowServer(tmp_path_factory.mktemp("mlflow")).start()
    yield server
    server.stop()
