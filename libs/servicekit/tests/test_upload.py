"""Files as bodies: raw or as a part of a form, within a limit of their own."""

import io

import pytest
from flask import Flask, Response
from flask_restful import Resource
from pydantic import SecretStr

from servicekit.settings import DatasetDatabaseSettings, ServiceSettings
from servicekit.testing import assert_error
from servicekit.web.app import Identity, Mount, add_routes, new_app
from servicekit.web.operation import operation
from servicekit.web.schema import Answer, QueryString
from servicekit.web.upload import ENVELOPE_BYTES, FileBody

LIMIT = 200_000


class Settings(ServiceSettings, DatasetDatabaseSettings):
    """Settings with a limit for files that is above the limit for other bodies."""

    max_file_bytes: int = LIMIT


class Owner(QueryString):
    """Whose file it is."""

    owner: str = "nobody"


class Kept(Answer):
    """What came."""

    size: int
    owner: str


class Files(Resource):
    """A resource that takes a file and gives a picture."""

    @operation("Keep a file", {201: Kept}, body=FileBody(("text/csv",), "max_file_bytes"), query=Owner)
    def post(self, body: bytes, query: Owner) -> Kept:
        return Kept(size=len(body), owner=query.owner)

    @operation("Draw", {200: ("image/png",)})
    def get(self) -> Response:
        return Response(b"png", mimetype="image/png")


@pytest.fixture
def app() -> Flask:
    settings = Settings(
        dataset_database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"), max_body_bytes=2048
    )
    app, _ = new_app(Identity("tiny", "1.2.3", "A tiny service."), settings)
    add_routes(app, [Mount(Files, "/files", {})], {})
    return app


def form(content=b"a,b\n", **fields):
    return {"file": (io.BytesIO(content), "a.csv"), **fields}


def test_a_file_may_be_a_part_of_a_form_with_fields_beside_it(app):
    answer = app.test_client().post("/files", data=form(owner="me"))
    assert (answer.status_code, answer.get_json()) == (201, {"size": 4, "owner": "me"})


def test_a_file_may_be_the_whole_body_with_fields_in_the_query_string(app):
    answer = app.test_client().post("/files?owner=me", data=b"a,b\n", content_type="text/csv; charset=utf-8")
    assert (answer.status_code, answer.get_json()) == (201, {"size": 4, "owner": "me"})


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + ENVELOPE_BYTES + 1])
def test_a_file_over_its_own_limit_is_413_and_names_it(app, size):
    client = app.test_client()
    assert_error(client.post("/files", data=form(b"x" * size)), 413, "MAX_FILE_BYTES")
    assert_error(client.post("/files", data=b"x" * size, content_type="text/csv"), 413, str(LIMIT))


def test_a_file_up_to_its_own_limit_passes_where_other_bodies_would_be_too_large(app):
    client = app.test_client()
    assert client.post("/files", data=form(b"x" * LIMIT)).status_code == 201
    assert client.post("/files", data=b"x" * LIMIT, content_type="text/csv").status_code == 201


def test_a_body_of_another_type_is_415_and_lists_the_types(app):
    assert_error(app.test_client().post("/files", json={}), 415, "multipart/form-data, text/csv")


@pytest.mark.parametrize(
    "data",
    [
        {"owner": "me"},
        {"other": (io.BytesIO(b"a"), "a.csv")},
        {"file": "text"},
        {"file": [(io.BytesIO(b"a"), "a.csv"), (io.BytesIO(b"b"), "b.csv")]},
        {"file": (io.BytesIO(b""), "a.csv")},
        form(colour="red"),
        form(owner=["me", "you"]),
    ],
)
def test_a_form_without_exactly_one_file_or_with_wrong_fields_is_400(app, data):
    answer = app.test_client().post("/files", data=data, content_type="multipart/form-data")
    assert_error(answer, 400)


def test_the_document_shows_the_form_and_the_raw_file_and_what_is_not_json(app):
    paths = app.test_client().get("/openapi.json").get_json()["paths"]["/files"]
    content = paths["post"]["requestBody"]["content"]
    assert set(content) == {"multipart/form-data", "text/csv"}
    schema = content["multipart/form-data"]["schema"]
    assert (set(schema["properties"]), schema["required"]) == ({"file", "owner"}, ["file"])
    assert {"400", "413", "415"} <= set(paths["post"]["responses"])
    assert set(paths["get"]["responses"]["200"]["content"]) == {"image/png"}
