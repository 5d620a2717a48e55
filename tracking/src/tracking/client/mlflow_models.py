"""Logging fitted pipelines on the MLflow server, in a format that runs no code when loaded."""

import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

import mlflow.sklearn
import pandas as pd
import skops.io  # noqa: F401 - MLflow imports it at the first model otherwise, while a caller waits
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput
from mlflow.models import Model, infer_signature

from tracking.client.mlflow_server import MlflowRefused, answering

ARTIFACT = "model"
EXAMPLE_ROWS = 5
ALREADY_THERE = "RESOURCE_ALREADY_EXISTS"
NOT_THERE = "RESOURCE_DOES_NOT_EXIST"
LIBRARIES = ("sklearn", "skops", "numpy", "pandas")


@dataclass(frozen=True)
class FittedModel:
    """A fitted pipeline with what is needed to describe and to load it.

    Args:
        name: under which it is registered.
        pipeline: fitted.
        features: that it was fitted on, shape (samples, features).
        trusted: types that its stored form may hold beyond what skops trusts.
        library: module that the model's own class comes from, such as `xgboost`.
    """

    name: str
    pipeline: Any
    features: pd.DataFrame
    trusted: tuple[str, ...]
    library: str


class MlflowModels:
    """Models of runs, and their versions in MLflow's registry."""

    def __init__(self, client: MlflowClient) -> None:
        self._client = client

    def log(self, experiment_id: str, run_id: str, model: FittedModel) -> str:
        """Store a model with signature and example as the run's output, register it, and give its version.

        Raises:
            MlflowUnavailable, MlflowRefused
            MlflowException: the pipeline holds types that are not trusted.
        """
        with answering():
            logged = self._client.create_logged_model(experiment_id, name=ARTIFACT, source_run_id=run_id)
            self._client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])
        with tempfile.TemporaryDirectory(prefix="model-") as directory:
            path = Path(directory) / ARTIFACT
            description = Model(
                artifact_path=logged.artifact_location,
                run_id=run_id,
                model_id=logged.model_id,
                model_uuid=logged.model_id,
            )
            _save(model, path, description)
            with answering():
                self._client.log_model_artifacts(logged.model_id, str(path))
        with answering():
            self._client.finalize_logged_model(logged.model_id, "READY")
        return self._register(model.name, run_id, logged.model_id)

    def _register(self, name: str, run_id: str, model_id: str) -> str:
        try:
            return self._add_version(name, run_id, model_id)
        except MlflowRefused as refusal:
            if refusal.code != NOT_THERE:
                raise
        self._add_name(name)
        return self._add_version(name, run_id, model_id)

    def _add_version(self, name: str, run_id: str, model_id: str) -> str:
        with answering():
            added = self._client.create_model_version(
                name, f"models:/{model_id}", run_id, await_creation_for=0, model_id=model_id
            )
        return str(added.version)

    def _add_name(self, name: str) -> None:
        try:
            with answering():
                self._client.create_registered_model(name)
        except MlflowRefused as refusal:
            if refusal.code != ALREADY_THERE:
                raise


def _save(model: FittedModel, path: Path, description: Model) -> None:
    """Write the model's directory; requirements are named, because inferring them takes seconds."""
    example = model.features.head(EXAMPLE_ROWS)
    mlflow.sklearn.save_model(
        model.pipeline,
        str(path),
        mlflow_model=description,
        signature=infer_signature(model.features, model.pipeline.predict(example)),
        input_example=example,
        pip_requirements=requirements(model.library),
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_SKOPS,
        skops_trusted_types=list(model.trusted),
    )


@cache
def requirements(library: str) -> list[str]:
    """List what has to be installed, in which versions, to load a model of this library."""
    packages = packages_distributions()
    names = dict.fromkeys(packages[module][0] for module in (*LIBRARIES, library))
    return [f"{name}=={version(name)}" for name in names]
