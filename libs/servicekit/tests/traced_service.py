"""A tiny service whose requests reach a database, a peer and an express lane."""

import os

from flask_restful import Resource
from pydantic import RootModel, SecretStr
from sqlalchemy import text

from servicekit.database import attach_database
from servicekit.errors import Conflict
from servicekit.peer import Peer
from servicekit.settings import DatabaseSettings, ServiceSettings
from servicekit.web.app import Identity, Mount, add_routes, new_app
from servicekit.web.express import Lane, add_lanes
from servicekit.web.operation import json_response, operation
from servicekit.web.raw_body import RawBody, json_value

RULE = "/api/<name>/double"


class Settings(ServiceSettings, DatabaseSettings):
    pass


class Number(RootModel[int]):
    pass


def doubled(name, value):
    if name == "full":
        raise Conflict("It is full.")
    return 2 * value


class Double(Resource):
    @operation("Double", {200: Number}, body=RawBody(Number), errors=(Conflict,))
    def post(self, name, body):
        return json_response(Number(doubled(name, body.json())), 200)


class Far(Resource):
    def __init__(self, session, peer):
        self._session, self._peer = session, peer

    @operation("Ask the database, then the peer", {200: Number})
    def get(self):
        found = self._session.execute(text("SELECT 20")).scalar_one()
        self._session.rollback()
        return json_response(Number(self._peer.get("/near").body["n"] + found), 200)


def create_app():
    address = SecretStr(os.environ["TINY_DB"])
    settings = Settings(port=int(os.environ["TINY_PORT"]), dataset_database_url=address)
    app, metrics = new_app(Identity("tiny", "1", "tiny"), settings)
    session = attach_database(app, settings).session
    peer = Peer("itself", f"http://127.0.0.1:{settings.port}", 5)
    mounts = [Mount(Double, RULE, {}), Mount(Far, "/far", {"session": session, "peer": peer})]
    add_routes(app, mounts, {})

    @app.get("/near")
    def near():
        return {"n": 1}

    def take(name, query, body):
        return name, json_value(body)

    def answer(taken):
        return str(doubled(*taken)).encode()

    add_lanes(app, metrics, [Lane("/api/", "/double", RULE, take, answer)])
    return app
