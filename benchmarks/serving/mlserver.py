"""MLServer with its own scikit-learn runtime, asked for probabilities."""

import json
from typing import Any

import numpy as np
import orjson
from load import Answer
from models import Rows
from server import WORKERS, Server, probabilities

from stack.ports import free_port


class MlServer(Server):
    """MLServer over the Open Inference Protocol, with worker processes for inference."""

    name = f"MLServer, {WORKERS} parallel workers"
    package = "mlserver"
    environment_name = "mlserver"
    ready_path = "/v2/models/wine/ready"
    single_path = batch_path = "/v2/models/wine/infer"
    parallel_workers = WORKERS

    def prepare(self) -> None:
        """Write the two settings files."""
        self.model.write(self.directory)
        settings = {
            "debug": False,
            "host": "127.0.0.1",
            "http_port": self.port,
            "grpc_port": free_port(),
            "metrics_port": free_port(),
            "parallel_workers": self.parallel_workers,
            "gzip_enabled": False,
        }
        (self.directory / "settings.json").write_text(json.dumps(settings))
        model = {
            "name": "wine",
            "implementation": "mlserver_sklearn.SKLearnModel",
            "parameters": {"uri": f"./{self.model.name}.joblib"},
        }
        (self.directory / "model-settings.json").write_text(json.dumps(model))

    def command(self) -> list[str]:
        """Serve the directory."""
        return [str(self.environment / "bin" / "mlserver"), "start", "."]

    def batch(self, rows: Rows) -> Any:
        """Return the rows as one tensor that becomes an array."""
        tensor = {
            "name": "features",
            "shape": rows.shape,
            "datatype": "FP64",
            "data": rows.ravel(),
            "parameters": {"content_type": "np"},
        }
        return {"inputs": [tensor], "outputs": [{"name": "predict_proba"}]}

    @staticmethod
    def read(body: bytes) -> Answer:
        """Read the probabilities."""
        output = orjson.loads(body)["outputs"][0]
        return probabilities(np.array(output["data"]).reshape(output["shape"]))

    read_batch = read


class MlServerInProcess(MlServer):
    """MLServer that predicts in its own process: no queue between, but one core only."""

    name = "MLServer, in process"
    parallel_workers = 0
