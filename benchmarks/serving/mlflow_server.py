"""`mlflow models serve` over a model that was saved with its probabilities as what it predicts."""

import logging
from typing import Any

import mlflow.sklearn
import orjson
from load import Answer
from models import Rows
from server import WORKERS, Server, probabilities


class Mlflow(Server):
    """MLflow's scoring server: uvicorn with uvloop and httptools."""

    name = "mlflow models serve"
    package = "mlflow"
    environment_name = "mlflow"
    ready_path = "/ping"
    single_path = batch_path = "/invocations"

    def prepare(self) -> None:
        """Save the model; without a signature, so that rows are not made into a DataFrame first."""
        logging.getLogger("mlflow").setLevel(logging.ERROR)  # warns of cloudpickle
        mlflow.sklearn.save_model(
            self.model.pipeline,
            self.directory / "model",
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
            pyfunc_predict_fn="predict_proba",
        )

    def command(self) -> list[str]:
        """Run it in the environment that is there."""
        options = ["--env-manager", "local", "--host", "127.0.0.1", "--workers", str(WORKERS)]
        command = [str(self.environment / "bin" / "mlflow"), "models", "serve", "--model-uri", "model"]
        return [*command, *options, "--port", str(self.port)]

    def variables(self) -> dict[str, str]:
        """Switch off what costs time and is not needed."""
        return {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "UVICORN_LOOP": "uvloop",
            "UVICORN_HTTP": "httptools",
            "UVICORN_ACCESS_LOG": "false",
            "UVICORN_LOG_LEVEL": "warning",
        }

    def batch(self, rows: Rows) -> Any:
        """Return rows in the form that becomes an array."""
        return {"inputs": rows}

    @staticmethod
    def read(body: bytes) -> Answer:
        """Read the probabilities."""
        return probabilities(orjson.loads(body)["predictions"])

    read_batch = read
