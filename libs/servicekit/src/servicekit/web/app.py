"""The app factory that every service's bootstrap uses."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_restful
from flask import Flask

from servicekit import logs, tracing
from servicekit.metrics import METRICS, Metrics
from servicekit.settings import ServiceSettings
from servicekit.web import error_handlers, hooks, openapi, probes
from servicekit.web.openapi import Route

AFTER_FORK = "after_fork"


@dataclass(frozen=True)
class Identity:
    """What a service says of itself."""

    name: str
    version: str
    description: str


@dataclass(frozen=True)
class Mount:
    """A resource class at a path, with what its constructor takes."""

    resource: type
    path: str
    arguments: Mapping[str, Any]


class _App(Flask):
    """Flask without coroutines: it looks at each function of each request whether it is one."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


class _Api(flask_restful.Api):  # type: ignore[misc]
    """flask-restful without its own error answers: they are handed on to the app's handlers."""

    def handle_error(self, e: Exception) -> Any:
        raise e


def new_app(identity: Identity, settings: ServiceSettings) -> tuple[Flask, Metrics]:
    """Return an app with logs, request ids, limits, errors and metrics, and no routes yet."""
    logs.configure(identity.name, settings)
    # Nothing is read from the root path; without it Flask looks for a module of the service's name.
    app = _App(identity.name, static_folder=None, root_path=str(Path(__file__).parent))
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.extensions["service_settings"] = settings
    app.extensions["service_identity"] = identity
    metrics = Metrics(identity.name, identity.version)
    app.extensions[METRICS] = metrics
    app.extensions[AFTER_FORK] = [metrics.process.worker_started]
    if begin_tracing := tracing.beginning(app, identity.version, settings):
        after_fork(app, begin_tracing)
    hooks.register(app, metrics, settings)
    error_handlers.register(app)
    probes.add_metrics_route(app, metrics)
    return app, metrics


def after_fork(app: Flask, begin: Callable[[], None]) -> None:
    """Have something begun in each worker process of the server, before its first request."""
    app.extensions[AFTER_FORK].append(begin)


def begin_process(app: Flask) -> None:
    """Begin in this process what waits for the fork."""
    for begin in app.extensions[AFTER_FORK]:
        begin()


def add_routes(app: Flask, mounts: Iterable[Mount], checks: Mapping[str, probes.Check]) -> None:
    """Mount the service's resources beside health, readiness, OpenAPI document and its page.

    Args:
        app: made by `new_app`.
        mounts: the service's resources.
        checks: a function for each dependency, raising when it does not answer.
    """
    identity: Identity = app.extensions["service_identity"]
    metrics: Metrics = app.extensions[METRICS]
    all_mounts = [
        *mounts,
        Mount(probes.Health, "/health", {}),
        Mount(probes.Ready, "/ready", {"checks": checks, "process": metrics.process}),
    ]
    api = _Api(app)
    for mount in all_mounts:
        api.add_resource(mount.resource, mount.path, resource_class_kwargs=dict(mount.arguments))
    routes = [Route(mount.resource, mount.path) for mount in all_mounts]
    title, version, description = identity.name, identity.version, identity.description
    probes.add_documentation_routes(app, lambda: openapi.document(title, version, description, routes))
