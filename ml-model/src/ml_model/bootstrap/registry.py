"""Endpoints, versions and their statuses."""

from ml_model.bootstrap.parts import Parts
from ml_model.client.logged_models import LoggedModels
from ml_model.client.mlflow_server import connect
from ml_model.service.labelled_sets import LabelledSets
from ml_model.service.model_sources import ModelSources
from ml_model.service.registration import Registration
from ml_model.service.registry import Registry
from ml_model.service.status_change import StatusChange
from ml_model.web.controller.endpoints import Endpoint, EndpointHistory, Endpoints, Rollback
from ml_model.web.controller.mlalgorithms import Algorithm, Algorithms, OnnxAlgorithms
from ml_model.web.controller.mlalgorithmstatuses import AlgorithmStatus, AlgorithmStatuses
from servicekit.web.app import Mount


def registry_mounts(parts: Parts) -> list[Mount]:
    """Build the use cases around versions and their statuses, and say where they answer."""
    settings = parts.settings
    sets = LabelledSets(parts.session, settings.default_source)
    sources = ModelSources(
        parts.session, LoggedModels(connect(settings)), sets, settings.max_served_model_bytes
    )
    looking = {"registry": Registry(parts.session)}
    registering = {"registration": Registration(parts.session, sources, parts.router)}
    changing = {"changes": StatusChange(parts.session, parts.models, parts.router)}
    return [
        Mount(Endpoints, "/api/v1/endpoints", looking),
        Mount(Endpoint, "/api/v1/endpoints/<endpoint>", looking),
        Mount(EndpointHistory, "/api/v1/endpoints/<endpoint>/history", looking),
        Mount(Rollback, "/api/v1/endpoints/<endpoint>/rollback", looking | changing),
        Mount(Algorithms, "/api/v1/mlalgorithms", looking | registering),
        Mount(OnnxAlgorithms, "/api/v1/mlalgorithms/onnx", registering),
        # A number, so that the path of the uploads has its own methods only.
        Mount(Algorithm, "/api/v1/mlalgorithms/<int:algorithm_id>", looking),
        Mount(AlgorithmStatuses, "/api/v1/mlalgorithmstatuses", looking | changing),
        Mount(AlgorithmStatus, "/api/v1/mlalgorithmstatuses/<status_id>", looking),
    ]
