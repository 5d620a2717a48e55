"""What the areas of the service are put together from."""

from dataclasses import dataclass

from ml_model.config.settings import Settings
from ml_model.service.request_keeping import RequestRecords
from ml_model.service.routing import Router
from ml_model.service.served_models import ServedModels
from ml_model.service.serving import Serving
from servicekit.database import AnySession
from servicekit.metrics import Metrics


@dataclass(frozen=True)
class Parts:
    """What every area of serving shares."""

    session: AnySession
    settings: Settings
    metrics: Metrics
    router: Router
    models: ServedModels
    records: RequestRecords
    serving: Serving
