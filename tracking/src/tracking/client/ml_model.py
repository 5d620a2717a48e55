"""Calls to ml-model."""

from dataclasses import asdict, dataclass
from typing import Any

from servicekit.peer import Peer, PeerAnswer

SET_MODEL = "/root/ml/set_model"


@dataclass(frozen=True)
class ModelSetting:
    """A model to deploy, with the exact hyperparameters that were tuned."""

    model_name: str
    hyperparameters: dict[str, Any]
    preprocessing: str
    run_id: str


class MlModel:
    """The service that trains and serves the deployed model."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def set_model(self, setting: ModelSetting) -> PeerAnswer:
        """Deploy a model and return what ml-model said, whether it took it or not.

        Raises:
            Unavailable, UpstreamTimeout, UpstreamFailed
        """
        return self._peer.post(SET_MODEL, asdict(setting))

    def check(self) -> None:
        """Raise when ml-model does not answer."""
        self._peer.check()
