"""Models of runs, taken from MLflow's artifact store through the MLflow server."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import Run

from ml_model.client.mlflow_server import MlflowRefused, answered

FILE_NAME = "model.skops"
ARTIFACT = "model"
DELETED = "deleted"


class NoSuchRun(LookupError):
    """No run has this id, or it was deleted."""


class NoSuchModel(LookupError):
    """The run has no model in skops' format, or not the one that was named."""


@dataclass(frozen=True)
class RunModel:
    """The stored pipeline of a run, byte by byte as it was logged, and where it was."""

    run_id: str
    model_uri: str
    data: bytes


class RunModels:
    """Reads models by run."""

    def __init__(self, client: MlflowClient) -> None:
        self._client = client

    def fetch(self, run_id: str, model_uri: str | None = None) -> RunModel:
        """Fetch a run's model: the one at `model_uri`, which must be the run's own, else its last.

        Raises:
            NoSuchRun, NoSuchModel, MlflowUnavailable
        """
        uris = model_uris(self.run(run_id))
        chosen = uris[0] if model_uri is None else model_uri
        if chosen not in uris:
            raise NoSuchModel(f"its models are {', '.join(uris)}")
        return RunModel(run_id, chosen, self._download(chosen))

    def run(self, run_id: str) -> Run:
        """Find a run.

        Raises:
            NoSuchRun, MlflowUnavailable
        """
        try:
            with answered():
                run = self._client.get_run(run_id)
        except MlflowRefused as refusal:
            raise NoSuchRun(run_id) from refusal
        if run.info.lifecycle_stage == DELETED:
            raise NoSuchRun(run_id)
        return run

    def _download(self, model_uri: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="run-model-") as directory:
            try:
                with answered():
                    address = self._client.tracking_uri
                    got = download_artifacts(
                        model_uri, dst_path=directory, tracking_uri=address, registry_uri=address
                    )
            except (MlflowRefused, OSError) as refusal:
                raise NoSuchModel(f"there is nothing at {model_uri}") from refusal
            file = Path(got) / FILE_NAME
            if not file.is_file():
                raise NoSuchModel(
                    f"{model_uri} is not in skops' format, the one that runs no code when loaded"
                )
            return file.read_bytes()


def model_uris(run: Run) -> list[str]:
    """List a run's models, the last first; runs of older MLflow versions have only their artifact."""
    outputs = run.outputs.model_outputs if run.outputs else []
    logged = [f"models:/{output.model_id}" for output in reversed(outputs)]
    return [*logged, f"runs:/{run.info.run_id}/{ARTIFACT}"]
