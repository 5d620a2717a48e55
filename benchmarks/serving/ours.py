"""This service: models registered under an endpoint, every prediction kept before it is answered."""

import json
import logging
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import orjson
import psutil
from load import Answer
from mlflow.models import infer_signature
from models import Rows, WineModel
from server import MEBIBYTE, WORKERS, Server
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

import datasetdb.migrate
import ml_model.migrate
from modelcatalogue.storage import trusted_types
from stack.postgres import EmbeddedPostgres

ENDPOINT = "wine"
BY_UPLOAD = "svc"


class Ours(Server):
    """The service with two worker processes, its journal and a PostgreSQL with its default settings."""

    name = "this service"
    package = "flask"
    ready_path = "/health"
    single_path = f"/api/v1/{ENDPOINT}/predict"
    batch_path = f"/v2/models/{ENDPOINT}/infer"

    def __init__(self, model: WineModel, directory: Path, environment: Path) -> None:
        super().__init__(model, directory, environment)
        (directory / "postgres").mkdir(mode=0o755)
        self._postgres = EmbeddedPostgres(directory / "postgres")
        self._store = f"sqlite:///{directory / 'mlflow.db'}"
        self._url = ""

    def prepare(self) -> None:
        """Start the database and bring it to its newest form."""
        self._url = self._postgres.start().create_database()
        datasetdb.migrate.upgrade(self._url)
        ml_model.migrate.upgrade(self._url)

    def command(self) -> list[str]:
        """Run the service as the stack does."""
        return [sys.executable, "-m", "servicekit.serve", "ml_model.bootstrap:create_app"]

    def variables(self) -> dict[str, str]:
        """Set addresses, directories and processes; everything else is as it is by default."""
        return {
            "DATASET_DATABASE_URL": self._url,
            "ML_MODEL_PORT": str(self.port),
            "ML_MODEL_WORKERS": str(WORKERS),
            "ML_MODEL_JOURNAL_DIRECTORY": str(self.directory / "journal"),
            "MLFLOW_TRACKING_URI": self._store,
            "LOG_FORMAT": "json",
        }

    def opened(self) -> None:
        """Register the model and put it in production."""
        base = f"http://127.0.0.1:{self.port}"
        with httpx.Client(base_url=base, timeout=120, trust_env=False) as client:
            _accepted(self._uploaded(client) if self.model.name == BY_UPLOAD else self._from_run(client))
            _accepted(client.post(self.single_path, json=self.single(self.model.rows[0])))

    def stop(self) -> None:
        """End the service, then its database."""
        super().stop()
        self._postgres.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def memory(self) -> dict[str, float]:
        """Return the service's memory, and apart from it the database's."""
        database = 0.0
        if self._postgres.pid is not None:
            parent = psutil.Process(self._postgres.pid)
            family = [parent, *parent.children(recursive=True)]
            database = sum(process.memory_full_info().pss for process in family) / MEBIBYTE
        return super().memory() | {"database_pss_mib": database}

    def single(self, row: Rows) -> Any:
        """Return the row as named features."""
        return dict(zip(self.model.features, row.tolist(), strict=True))

    def batch(self, rows: Rows) -> Any:
        """Return the rows as one tensor."""
        tensor = {"name": "features", "shape": rows.shape, "datatype": "FP64", "data": rows.ravel()}
        return {"inputs": [tensor]}

    @staticmethod
    def read(body: bytes) -> Answer:
        """Read label and probabilities."""
        found = orjson.loads(body)
        probabilities = found["probabilities"]
        ordered = [probabilities[label] for label in sorted(probabilities)]
        return Answer(np.array([found["label"]]), np.array([ordered]))

    @staticmethod
    def read_batch(body: bytes) -> Answer:
        """Read the two tensors."""
        outputs = {output["name"]: output for output in orjson.loads(body)["outputs"]}
        matrix = outputs["probabilities"]
        found = np.array(matrix["data"], dtype=np.float64).reshape(matrix["shape"])
        return Answer(np.array(outputs["predict"]["data"]), found)

    def _described(self) -> dict[str, Any]:
        return {
            "endpoint_name": ENDPOINT,
            "algorithm_name": self.model.name,
            "algorithm_status": "production",
            "owner": "benchmark",
        }

    def _from_run(self, client: httpx.Client) -> httpx.Response:
        order = {**self._described(), "source": {"run_id": self._log_run()}}
        return client.post("/api/v1/mlalgorithms", json=order)

    def _uploaded(self, client: httpx.Client) -> httpx.Response:
        inputs = [("features", FloatTensorType([None, len(self.model.features)]))]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of an attribute that the converter reads
            graph = to_onnx(
                self.model.pipeline, initial_types=inputs, options={"zipmap": False}, target_opset=18
            )
        described = {
            "features": self.model.features,
            "classes": self.model.pipeline.classes_.tolist(),
            "input_example": self.single(self.model.rows[0]),
        }
        return client.post(
            "/api/v1/mlalgorithms/onnx",
            params=self._described() | {name: json.dumps(value) for name, value in described.items()},
            files={"file": ("model.onnx", graph.SerializeToString())},
        )

    def _log_run(self) -> str:
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        mlflow.set_tracking_uri(self._store)
        experiment = mlflow.create_experiment(
            "serving", artifact_location=(self.directory / "artifacts").as_uri()
        )
        frame, pipeline = self.model.training, self.model.named()
        with mlflow.start_run(experiment_id=experiment) as run:
            mlflow.sklearn.log_model(
                pipeline,
                name="model",
                signature=infer_signature(frame, pipeline.predict(frame)),
                input_example=frame.head(5),
                pip_requirements=["scikit-learn"],
                serialization_format="skops",
                skops_trusted_types=trusted_types(),
            )
        return str(run.info.run_id)


def _accepted(response: httpx.Response) -> None:
    if response.is_error:
        raise SystemExit(f"{response.request.url}: {response.status_code} {response.text}")
