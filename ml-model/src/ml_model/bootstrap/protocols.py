"""The ecosystem's protocols, put together."""

from importlib.metadata import version
from typing import Any

from ml_model.bootstrap.parts import Parts
from ml_model.service.invocations import Invocations
from ml_model.service.open_inference import OpenInference
from ml_model.service.protocol_inference import ProtocolInference
from ml_model.web.controller import invocations, open_inference
from ml_model.web.express import inference_lane
from ml_model.web.schema.open_inference import ServerAnswer
from servicekit.web.app import Mount
from servicekit.web.express import Lane

SERVER = ServerAnswer(
    name="ml-model", version=version("mlops-ml-model"), extensions=["model_repository", "binary_tensor_data"]
)
MODEL = "/v2/models/<model_name>"
VERSION = f"{MODEL}/versions/<model_version>"


def protocols_lanes(parts: Parts) -> list[Lane[Any]]:
    """Return the short way of tensors."""
    return [inference_lane(OpenInference(_inference(parts)))]


def protocols_mounts(parts: Parts) -> list[Mount]:
    """Return the routes of the Open Inference Protocol and of MLflow's scoring protocol."""
    inference = _inference(parts)
    v2 = {"open_inference": OpenInference(inference)}
    mlflow = {"invocations": Invocations(inference, parts.settings.invocations_endpoint)}
    return [
        Mount(open_inference.OpenInferenceServer, "/v2", {"server": SERVER}),
        Mount(open_inference.OpenInferenceLive, "/v2/health/live", {}),
        Mount(open_inference.OpenInferenceReady, "/v2/health/ready", v2),
        Mount(open_inference.RepositoryIndex, "/v2/repository/index", v2),
        Mount(open_inference.OpenInferenceModel, MODEL, v2),
        Mount(open_inference.OpenInferenceModelReady, f"{MODEL}/ready", v2),
        Mount(open_inference.OpenInferenceInfer, f"{MODEL}/infer", v2),
        Mount(open_inference.OpenInferenceVersion, VERSION, v2),
        Mount(open_inference.OpenInferenceVersionReady, f"{VERSION}/ready", v2),
        Mount(open_inference.OpenInferenceVersionInfer, f"{VERSION}/infer", v2),
        Mount(invocations.Ping, "/ping", {}),
        Mount(invocations.MlflowVersion, "/version", {"version": version("mlflow-skinny")}),
        Mount(invocations.Invoke, "/invocations", mlflow),
    ]


def _inference(parts: Parts) -> ProtocolInference:
    return ProtocolInference(parts.router, parts.models, parts.serving)
