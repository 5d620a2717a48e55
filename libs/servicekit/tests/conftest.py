"""A tiny service that exercises every part of servicekit."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_restful import Resource
from pydantic import Field, SecretStr

sys.path.insert(0, str(Path(__file__).parent))  # for the modules beside this file

from servicekit.errors import Conflict, NotFound
from servicekit.settings import DatasetDatabaseSettings, ServiceSettings
from servicekit.web.app import Identity, Mount, add_routes, new_app
from servicekit.web.operation import operation
from servicekit.web.schema import Answer, QueryString, RequestBody


class Settings(ServiceSettings, DatasetDatabaseSettings):
    """Settings of the tiny service."""


class Order(RequestBody):
    """A body with a bound number and free values."""

    count: int = Field(ge=1, le=10)
    anything: dict[str, Any] = Field(default_factory=dict)


class Search(QueryString):
    """A query with one optional number."""

    limit: int = Field(5, ge=1)


class Echo(Answer):
    """What was understood."""

    count: int


class Things(Resource):
    """The tiny service's one resource."""

    @operation("Echo a limit", {200: Echo}, query=Search)
    def get(self, query: Search) -> Echo:
        return Echo(count=query.limit)

    @operation("Echo a count", {201: Echo}, body=Order, errors=(Conflict, NotFound))
    def post(self, body: Order) -> Echo:
        if body.count == 9:
            raise Conflict("Nine is taken; use another count.")
        if body.count == 10:
            raise RuntimeError("a fault of the service with a secret in it")
        return Echo(count=body.count)


@pytest.fixture
def settings() -> Settings:
    """Settings with a database that is not there and a small body limit."""
    return Settings(
        dataset_database_url=SecretStr("postgresql://nobody:none@127.0.0.1:1/none"),
        max_body_bytes=2048,
        database_connect_timeout_seconds=1,
    )


@pytest.fixture
def build(settings: Settings) -> Callable[..., Flask]:
    """Build the tiny app with the checks that a test wants."""

    def build(checks: dict[str, Callable[[], None]] | None = None) -> Flask:
        app, _ = new_app(Identity("tiny", "1.2.3", "A tiny service."), settings)
        add_routes(app, [Mount(Things, "/things", {})], checks or {})
        return app

    return build
