"""Models that were logged with MLflow, with what MLflow knows about their input."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts

from ml_model.client.mlflow_server import MlflowRefused, answered
from ml_model.client.run_models import FILE_NAME, NoSuchModel, RunModels, model_uris

DESCRIPTION = "MLmodel"
NOT_THERE = "RESOURCE_DOES_NOT_EXIST"


class NoSuchRegisteredModel(LookupError):
    """No registered model has this name, or not this version."""


@dataclass(frozen=True)
class LoggedModel:
    """A stored pipeline where it was, and its inputs as (name, MLflow type) where they are known.

    `example` is the first row of its input example, by name or by position.
    """

    model_uri: str
    run_id: str | None
    data: bytes
    inputs: tuple[tuple[str, str], ...] | None
    example: dict[str, Any] | list[Any] | None


class LoggedModels:
    """Reads models by run, and by the name and version that they are registered under."""

    def __init__(self, client: MlflowClient) -> None:
        self._client = client
        self._runs = RunModels(client)

    def of_run(self, run_id: str, model_uri: str | None = None) -> LoggedModel:
        """Fetch a run's model: the one at `model_uri`, which must be the run's own, else its last.

        Raises:
            NoSuchRun, NoSuchModel, MlflowUnavailable
        """
        uris = model_uris(self._runs.run(run_id))
        chosen = uris[0] if model_uri is None else model_uri
        if chosen not in uris:
            raise NoSuchModel(f"its models are {', '.join(uris)}")
        return self._download(chosen, run_id)

    def registered(self, name: str, version: str | None = None) -> tuple[LoggedModel, str]:
        """Fetch a version of a registered model, the newest where none is named; give it with its version.

        Raises:
            NoSuchRegisteredModel, NoSuchModel, MlflowUnavailable
        """
        try:
            with answered():
                found = self._version(name, version)
        except MlflowRefused as refusal:
            raise NoSuchRegisteredModel(str(refusal)) from refusal
        return self._download(f"models:/{name}/{found.version}", found.run_id), str(found.version)

    def _version(self, name: str, version: str | None) -> Any:
        if version is not None:
            return self._client.get_model_version(name, version)
        escaped = name.replace("'", "\\'")
        versions = self._client.search_model_versions(f"name = '{escaped}'")
        if not versions:
            raise MlflowRefused(NOT_THERE, "there is no version of it")
        return max(versions, key=lambda each: int(each.version))

    def _download(self, model_uri: str, run_id: str | None) -> LoggedModel:
        with tempfile.TemporaryDirectory(prefix="logged-model-") as directory:
            try:
                with answered():
                    address = self._client.tracking_uri
                    got = download_artifacts(
                        model_uri, dst_path=directory, tracking_uri=address, registry_uri=address
                    )
            except (MlflowRefused, OSError) as refusal:
                raise NoSuchModel(f"there is nothing at {model_uri}") from refusal
            return _read(Path(got), model_uri, run_id)


def _read(directory: Path, model_uri: str, run_id: str | None) -> LoggedModel:
    file = directory / FILE_NAME
    if not file.is_file():
        raise NoSuchModel(f"{model_uri} is not in skops' format, the one that runs no code when loaded")
    description = _description(directory / DESCRIPTION)
    return LoggedModel(
        model_uri,
        run_id,
        file.read_bytes(),
        _inputs(description),
        _example(directory, description.get("saved_input_example_info")),
    )


def _description(file: Path) -> Mapping[str, Any]:
    found = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None
    return found if isinstance(found, dict) else {}


def _inputs(description: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """Read the columns of a signature; one of tensors has none."""
    signature = description.get("signature")
    text = signature.get("inputs") if isinstance(signature, dict) else None
    columns = json.loads(text) if isinstance(text, str) else []
    named = [
        (column["name"], str(column.get("type")))
        for column in columns
        if isinstance(column, dict) and isinstance(column.get("name"), str)
    ]
    return tuple(named) if named and len(named) == len(columns) else None


def _example(directory: Path, info: Any) -> dict[str, Any] | list[Any] | None:
    """Read the first row of the input example."""
    file = directory / str((info or {}).get("artifact_path", "input_example.json"))
    if not file.is_file() or file.resolve().parent != directory.resolve():
        return None
    content = json.loads(file.read_text(encoding="utf-8"))
    rows = content.get("data", content.get("inputs")) if isinstance(content, dict) else content
    if not isinstance(rows, list) or not rows:
        return None
    first = rows[0]
    columns = content.get("columns") if isinstance(content, dict) else None
    if isinstance(first, list) and isinstance(columns, list) and len(columns) == len(first):
        return dict(zip(map(str, columns), first, strict=True))
    return first if isinstance(first, dict | list) else rows
