"""A bare Flask route that answers the JSON it was sent, on the WSGI server of the services."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from load import Answer, Plan
from models import Rows
from server import WORKERS, Server


class Echo(Server):
    """What HTTP, JSON and Flask alone cost; it predicts nothing, so its answers are not compared."""

    name = "bare Flask echo"
    package = "flask"
    ready_path = "/ready"
    single_path = batch_path = "/echo"

    def command(self) -> list[str]:
        """Run the service runner on the app beside this file."""
        return [sys.executable, "-m", "servicekit.serve", "echo_app:create_app"]

    def variables(self) -> dict[str, str]:
        """Set the address; everything else is as it is for every service."""
        runtimes = Path(__file__).parent / "runtimes"
        return {
            "ECHO_PORT": str(self.port),
            "ECHO_WORKERS": str(WORKERS),
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(runtimes),
        }

    def single(self, row: Rows) -> Any:
        """Return the row as named features."""
        return dict(zip(self.model.features, row.tolist(), strict=True))

    def batch(self, rows: Rows) -> Any:
        """Return the rows as one tensor."""
        tensor = {"name": "features", "shape": rows.shape, "datatype": "FP64", "data": rows.ravel()}
        return {"inputs": [tensor]}

    @staticmethod
    def read(body: bytes) -> Answer:
        """Take what came back for the label: there is no prediction."""
        return Answer(np.array([body]))

    read_batch = read

    def plan(self, clients: int, seconds: float, *, batches: bool) -> Plan:
        """Return a round whose answers are not compared."""
        return replace(super().plan(clients, seconds, batches=batches), read=None)
