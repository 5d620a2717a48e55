"""MLflow's scoring protocol on the models that are served."""

from collections.abc import Callable
from typing import Any

from ml_model.service.protocol_errors import NoInvocationsEndpoint
from ml_model.service.protocol_inference import Choice, ProtocolInference
from ml_model.serving.rows import Rows
from ml_model.serving.signature import Signature


class Invocations:
    """Answers tables; which endpoint is meant is said, set, or clear because there is one alone."""

    def __init__(self, inference: ProtocolInference, endpoint: str | None) -> None:
        self._inference = inference
        self._endpoint = endpoint

    def invoke(
        self,
        read: Callable[[Signature], Rows],
        endpoint: str | None,
        version: str | None,
        subject: str | None,
    ) -> dict[str, Any]:
        """Answer the rows that `read` finds with the labels in their order.

        Raises:
            InputNotTaken: the rows cannot be read or the model does not take them.
            NoInvocationsEndpoint: no endpoint is named, and not exactly one serves a model.
        """
        choice = Choice(endpoint or self._endpoint or self._only_one(), version, subject)
        outcome = self._inference.infer(choice, read)
        return {
            "predictions": outcome.inferred.labels,
            "model_name": outcome.endpoint,
            "model_version": outcome.version,
            "request_ids": outcome.inferred.request_ids,
        }

    def _only_one(self) -> str:
        served = [
            endpoint
            for endpoint in self._inference.endpoints()
            if any(version.status for version in self._inference.versions(endpoint))
        ]
        if len(served) != 1:
            raise NoInvocationsEndpoint(served)
        return served[0]
