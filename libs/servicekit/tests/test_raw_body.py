"""Bodies that are described by a model and read by the handler."""

import pytest
from flask import Flask
from flask_restful import Resource
from pydantic import SecretStr

from servicekit.settings import DatasetDatabaseSettings, ServiceSettings
from servicekit.testing import assert_error
from servicekit.web.app import Identity, Mount, add_routes, new_app
from servicekit.web.operation import operation
from servicekit.web.raw_body import RawBody, RawContent
from servicekit.web.schema import Answer, RequestBody

LIMIT = 4096


class Settings(ServiceSettings, DatasetDatabaseSettings):
    """Settings with a limit for tables that is above the limit for other bodies."""

    max_table_bytes: int = LIMIT


class Table(RequestBody):
    """A table of numbers."""

    rows: list[list[float]]


class Seen(Answer):
    """What came."""

    media_type: str
    size: int
    json_type: str


class Tables(Resource):
    """Takes JSON or CSV."""

    @operation("Read a table", {200: Seen}, body=RawBody(Table, ("text/csv",), "max_table_bytes"))
    def post(self, body: RawContent) -> Seen:
        kind = type(body.json()).__name__ if body.media_type == "application/json" else "text"
        return Seen(media_type=body.media_type, size=len(body.data), json_type=kind)

    @operation("Look", {200: Seen}, body=RawBody(Table, silent_is_json=True, optional=True))
    def put(self, body: RawContent) -> Seen:
        return Seen(media_type=body.media_type, size=len(body.data), json_type=type(body.json()).__name__)


@pytest.fixture
def client():
    settings = Settings(
        dataset_database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"), max_body_bytes=1024
    )
    app, _ = new_app(Identity("tiny", "1.2.3", "A tiny service."), settings)
    assert isinstance(app, Flask)
    add_routes(app, [Mount(Tables, "/tables", {})], {})
    return app.test_client()


def test_the_handler_gets_the_bytes_unjudged_by_the_model(client):
    answer = client.post("/tables", data='{"other": 1}', content_type="application/json").get_json()
    assert answer == {"media_type": "application/json", "size": 12, "json_type": "dict"}
    assert client.post("/tables", data="a,b", content_type="text/csv; charset=utf-8").get_json()["size"] == 3


def test_a_body_without_a_type_is_json_where_that_is_said(client):
    assert client.put("/tables", data="[1]").get_json()["json_type"] == "list"
    assert client.put("/tables").get_json() == {
        "media_type": "application/json",
        "size": 0,
        "json_type": "NoneType",
    }
    assert_error(client.post("/tables", data="[1]"), 415, "text/csv")
    assert_error(client.put("/tables", data="[1]", content_type="text/csv"), 415, "application/json")


@pytest.mark.parametrize("text", ["{", '{"a": NaN}', '{"a": "\\u0000"}'])
def test_what_is_not_json_is_400(client, text):
    assert_error(client.post("/tables", data=text, content_type="application/json"), 400)


def test_an_empty_body_is_400_and_a_large_one_413_that_names_the_setting(client):
    assert_error(client.post("/tables", data="", content_type="application/json"), 400, "empty")
    assert client.post("/tables", data="x" * LIMIT, content_type="text/csv").status_code == 200
    large = client.post("/tables", data="x" * (LIMIT + 1), content_type="text/csv")
    assert_error(large, 413, "MAX_TABLE_BYTES")


def test_the_document_describes_the_model_and_the_other_media_types(client):
    operations = client.get("/openapi.json").get_json()["paths"]["/tables"]
    content = operations["post"]["requestBody"]["content"]
    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Table"}
    assert "text/csv" in content
    assert operations["post"]["requestBody"]["required"] is True
    assert operations["put"]["requestBody"]["required"] is False
    assert {"400", "413", "415"} <= set(operations["post"]["responses"])
