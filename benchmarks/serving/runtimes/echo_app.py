"""A bare Flask app with one route that answers what it was sent."""

import orjson
from flask import Flask, Response, request
from pydantic_settings import SettingsConfigDict

from servicekit.settings import ServiceSettings
from servicekit.web.app import AFTER_FORK


class Settings(ServiceSettings):
    """Address and processes, as every service has them."""

    model_config = SettingsConfigDict(env_prefix="ECHO_")


def create_app() -> Flask:
    """Build the app."""
    app = Flask("echo")
    app.extensions["service_settings"] = Settings()
    app.extensions[AFTER_FORK] = []

    @app.get("/ready")
    def ready() -> str:
        return "ready"

    @app.post("/echo")
    def echo() -> Response:
        return Response(orjson.dumps(orjson.loads(request.get_data())), mimetype="application/json")

    return app
