"""Tracking on a real PostgreSQL and a real MLflow server; each test works in experiments of its own."""

import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from flask import Flask, request
from pydantic import SecretStr
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from datasetdb.migrate import upgrade
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources
from datasetdb.schema import Column, SourceSchema, Target
from servicekit.database_url import driver_url
from servicekit.tls import client_context
from stack.ports import free_port
from tracking.bootstrap import create_app
from tracking.client.mlflow_server import connect
from tracking.config.settings import Settings
from tracking.persistence.mlflow_database import MlflowDatabase

START_SECONDS = 120


@dataclass
class MlflowServer:
    """A real MLflow server of these tests' own."""

    database_url: str
    directory: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        command = [sys.executable, "-m", "stack.mlflow_server", "127.0.0.1", str(self.port)]
        environment = {
            **os.environ,
            "MLFLOW_BACKEND_STORE_URI": self.database_url,
            "MLFLOW_ARTIFACTS_DESTINATION": str(self.directory / "artifacts"),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        with (self.directory / "mlflow.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.wait()
        return self

    def wait(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if (
                    httpx.get(f"{self.url}/health", trust_env=False, verify=client_context()).status_code
                    == 200
                ):
                    return
            time.sleep(0.1)
        raise TimeoutError((self.directory / "mlflow.log").read_text()[-2000:])

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="session")
def mlflow_server(postgres, tmp_path_factory):
    server = MlflowServer(postgres.create_database(), tmp_path_factory.mktemp("mlflow")).start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def wine_database_url(postgres):
    """A dataset database with wine, as the simulator draws it, and a source whose target is a number."""
    url = postgres.create_database()
    upgrade(url)
    features, target = load_wine(return_X_y=True, as_frame=True)
    features = features.rename(columns=lambda name: name.replace("/", "__"))
    columns = tuple(Column(name, "float") for name in features.columns)
    training, _, labels, _ = train_test_split(
        features, target, train_size=0.6, random_state=42, stratify=target
    )
    with Session(create_engine(driver_url(url))) as session, session.begin():
        Sources(session).add(SourceSchema("wine", columns, Target("target", "classification", (0, 1, 2))))
        Sources(session).add(SourceSchema("prices", columns, Target("price", "regression")))
        for source, values in (("wine", labels), ("prices", labels.astype(float))):
            dataset_id = Datasets(session).replace(source, "training", {})
            Samples(session).write(dataset_id, training.reset_index(drop=True), values.reset_index(drop=True))
    return url


@pytest.fixture(scope="session")
def settings(wine_database_url, mlflow_server):
    return Settings(
        dataset_database_url=SecretStr(wine_database_url),
        mlflow_database_url=SecretStr(mlflow_server.database_url),
        mlflow_tracking_uri=mlflow_server.url,
        mlflow_retries=0,
    )


@dataclass
class MlModelStandIn:
    """What listens where ml-model does: keeps what it is sent, and answers as it is told."""

    status: int = 200
    answer: dict = field(default_factory=lambda: {"message": "Model successfully uploaded"})
    sent: list = field(default_factory=list)

    def app(self):
        app = Flask("peer")

        @app.get("/health")
        def health():
            return {"status": "healthy", "service": "ml-model"}

        @app.post("/root/ml/set_model")
        def set_model():
            self.sent.append(request.get_json())
            return self.answer, self.status

        return app


@pytest.fixture
def ml_model():
    return MlModelStandIn()


@pytest.fixture
def app(settings, ml_model):
    return create_app(settings, httpx.WSGITransport(app=ml_model.app()))


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def mlflow_client(settings):
    return connect(settings)


@pytest.fixture(scope="session")
def mlflow_database(settings):
    database = MlflowDatabase(settings)
    yield database
    database.close()


@pytest.fixture
def experiment_name():
    return f"experiment {uuid.uuid4().hex}"


@pytest.fixture
def experiment_id(mlflow_client, experiment_name):
    return mlflow_client.create_experiment(experiment_name)
