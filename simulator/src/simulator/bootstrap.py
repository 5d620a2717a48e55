"""The only module that knows every layer: settings to services to app."""

from dataclasses import dataclass

from flask import Flask

from servicekit.database import attach_database, database_check
from servicekit.web.app import Identity, Mount, add_routes, new_app
from simulator.config.settings import Settings
from simulator.service.dataset_loading import DatasetLoading
from simulator.web.controller.datasets import Datasets
from simulator.web.controller.simulator import Simulator

IDENTITY = Identity(
    "simulator", "0.1.0", "Loads training, testing and fouled production data into PostgreSQL."
)


@dataclass(frozen=True)
class Services:
    """The use cases of the simulator."""

    loading: DatasetLoading


def create_app(settings: Settings | None = None) -> Flask:
    """Build the simulator's app; opens no connection."""
    settings = settings or Settings()
    app, _ = new_app(IDENTITY, settings)
    database = attach_database(app, settings)
    services = Services(DatasetLoading(database.session, settings.seed, settings.default_source))
    mounts = [
        Mount(Simulator, "/root/simulator", {"loading": services.loading}),
        Mount(Datasets, "/root/simulator/datasets", {"loading": services.loading}),
    ]
    add_routes(app, mounts, {"dataset_db": database_check(database.session)})
    return app
