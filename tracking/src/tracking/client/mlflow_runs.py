"""Writing runs to the MLflow server, in few calls."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from tracking.client.mlflow_server import answering

LONGEST_PARAMETER = 6_000
LONGEST_TAG = 8_000


@dataclass(frozen=True)
class RunContent:
    """What is logged of a run in one call."""

    params: Mapping[str, object] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


class MlflowRuns:
    """Runs by id; nothing here depends on which run or experiment is active in this process."""

    def __init__(self, client: MlflowClient) -> None:
        self._client = client

    def start(self, experiment_id: str, name: str, tags: Mapping[str, str]) -> str:
        """Open a run and return its id.

        Raises:
            MlflowUnavailable, MlflowRefused
        """
        with answering():
            run = self._client.create_run(experiment_id, run_name=name, tags=dict(tags))
        return str(run.info.run_id)

    def log(self, run_id: str, content: RunContent) -> None:
        """Write parameters, metrics and tags in one call; what is longer than MLflow takes is cut.

        Raises:
            MlflowUnavailable, MlflowRefused
        """
        now = int(time.time() * 1000)
        with answering():
            self._client.log_batch(
                run_id,
                metrics=[Metric(key, value, now, 0) for key, value in content.metrics.items()],
                params=[
                    Param(key, cut(str(value), LONGEST_PARAMETER)) for key, value in content.params.items()
                ],
                tags=[RunTag(key, cut(value, LONGEST_TAG)) for key, value in content.tags.items()],
            )

    def end(self, run_id: str, status: Literal["FINISHED", "FAILED"]) -> None:
        """Close a run: the last thing that is done to it.

        Raises:
            MlflowUnavailable, MlflowRefused
        """
        with answering():
            self._client.set_terminated(run_id, status)

    def delete(self, run_id: str) -> None:
        """Delete a run.

        Raises:
            MlflowUnavailable, MlflowRefused
        """
        with answering():
            self._client.delete_run(run_id)


def cut(text: str, longest: int) -> str:
    """Shorten a text that is too long, visibly."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
