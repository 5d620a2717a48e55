"""BentoML with a service that gives label and probabilities for the cost of one prediction."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from load import Answer
from models import Rows
from server import WORKERS, Server


class BentoMl(Server):
    """BentoML's HTTP server."""

    name = "BentoML"
    package = "bentoml"
    environment_name = "bentoml"
    ready_path = "/readyz"
    single_path = batch_path = "/predict"

    def prepare(self) -> None:
        """Write the model and the service."""
        self.model.write(self.directory)
        shutil.copy(Path(__file__).parent / "runtimes" / "bentoml_service.py", self.directory)

    def command(self) -> list[str]:
        """Serve the service of the directory."""
        command = [str(self.environment / "bin" / "bentoml"), "serve", "bentoml_service:Wine"]
        return [*command, "--host", "127.0.0.1", "--port", str(self.port)]

    def variables(self) -> dict[str, str]:
        """Name the model, keep BentoML's files here, and switch off what costs time and is not needed."""
        return {
            "WINE_MODEL": str(self.directory / f"{self.model.name}.joblib"),
            "WINE_WORKERS": str(WORKERS),
            "BENTOML_HOME": str(self.directory / "home"),
            "BENTOML_DO_NOT_TRACK": "true",
        }

    def batch(self, rows: Rows) -> Any:
        """Return the rows as nested lists."""
        return {"rows": rows}

    @staticmethod
    def read(body: bytes) -> Answer:
        """Read labels and probabilities."""
        found = orjson.loads(body)
        return Answer(np.array(found["labels"]), np.array(found["probabilities"]))

    read_batch = read
