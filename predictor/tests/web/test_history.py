"""`POST /api/history` and `POST /api/collect` over HTTP."""

import io

import pandas as pd
import pytest
from pydantic import SecretStr

from predictor.bootstrap import create_app
from servicekit.testing import assert_error

CSV = (
    b"query_hash,window_start,execution_time_ms\n"
    b"4001,2026-01-01T00:00:00Z,12.5\n"
    b"4002,2026-01-02T00:00:00Z,1\n"
)


def form(content=CSV, name="history.csv", **fields):
    return {"file": (io.BytesIO(content), name), **fields}


def test_a_file_in_a_form_is_loaded_and_summed_up(client):
    answer = client.post("/api/history", data=form(database_name="shop"))
    assert answer.status_code == 201
    assert answer.get_json() == {
        "message": "Loaded 2 rows of 2 queries",
        "database_name": "shop",
        "database_names": ["shop"],
        "rows": 2,
        "fingerprints": 2,
        "first_window": "2026-01-01T00:00:00Z",
        "last_window": "2026-01-02T00:00:00Z",
    }
    listed = client.get("/api/queries?database_name=shop").get_json()["queries"]
    assert [(row["query_hash"], row["windows"]) for row in listed] == [(4001, 1), (4002, 1)]


def test_a_raw_csv_and_a_raw_parquet_are_loaded_under_the_name_of_the_query_string(client, settings):
    parquet = io.BytesIO()
    pd.read_csv(io.BytesIO(CSV)).to_parquet(parquet)
    path = "/api/history?database_name=raw"
    answers = [
        client.post(path, data=CSV, content_type="text/csv"),
        client.post(path, data=parquet.getvalue(), content_type="application/vnd.apache.parquet"),
        client.post("/api/history", data=CSV, content_type="text/csv"),
    ]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert [answer.get_json()["database_name"] for answer in answers] == [
        "raw",
        "raw",
        settings.database_name,
    ]


def test_a_file_that_names_several_databases_has_no_single_name_in_its_answer(client):
    rows = b"database_name,query_hash,window_start,execution_time_ms\na,1,2026-01-01,1\nb,1,2026-01-01,1\n"
    body = client.post("/api/history", data=form(rows)).get_json()
    assert (body["database_name"], body["database_names"]) == (None, ["a", "b"])


def test_bad_rows_are_400_with_a_detail_for_each_and_nothing_is_loaded(client):
    bad = CSV + b"x,2026-01-01,1\n4003,yesterday,-1\n"
    body = assert_error(
        client.post("/api/history", data=form(bad, database_name="bad")), 400, "nothing was loaded"
    )
    assert [(row["line"], row["field"]) for row in body["details"]] == [
        (4, "query_hash"),
        (5, "window_start"),
        (5, "execution_time_ms"),
    ]
    assert client.get("/api/queries?database_name=bad").get_json()["queries"] == []


@pytest.mark.parametrize(
    ("content", "mentions"),
    [(b"colour\n1\n", "colour"), (b"\xff\xfe", "UTF-8"), (b"PAR1", "cannot be read"), (b"", "empty")],
)
def test_what_is_no_history_is_400(client, content, mentions):
    assert_error(client.post("/api/history", data=form(content)), 400, mentions)


def test_other_media_types_are_415_and_wrong_names_400(client):
    assert_error(client.post("/api/history", json={"file": "x"}), 415, "text/csv")
    assert_error(
        client.post("/api/history?database_name=", data=CSV, content_type="text/csv"), 400, "database_name"
    )
    assert_error(client.post("/api/history", data=form(database_name="x" * 201)), 400, "database_name")


def test_a_file_has_a_limit_of_its_own_and_other_bodies_keep_theirs(client_of, settings):
    small = settings.model_copy(update={"max_body_bytes": 1024, "max_import_bytes": 4096})
    client = client_of(create_app(small))
    rows = b"".join(b"%d,2026-01-01T00:00:00Z,1.25\n" % (4003 + number) for number in range(100))
    assert 1024 < len(CSV + rows) < 4096
    assert client.post("/api/history", data=form(CSV + rows)).status_code == 201
    assert_error(client.post("/api/history", data=form(CSV + rows * 2)), 413, "4096")
    assert_error(client.post("/api/predict/query-execution", json={"query_hash": 1, "x": "y" * 2000}), 413)


def test_more_rows_than_the_setting_allows_are_400(client_of, settings):
    client = client_of(create_app(settings.model_copy(update={"max_import_rows": 1})))
    assert_error(client.post("/api/history", data=form()), 400, "at most 1 rows")


def test_the_document_shows_the_form_and_both_raw_bodies(client):
    operation = client.get("/openapi.json").get_json()["paths"]["/api/history"]["post"]
    assert set(operation["requestBody"]["content"]) == {
        "multipart/form-data",
        "text/csv",
        "application/vnd.apache.parquet",
    }


def test_collecting_without_an_observed_database_is_409(client):
    assert_error(client.post("/api/collect"), 409, "PREDICTOR_OBSERVED_DATABASE_URL")


def test_collecting_from_a_database_without_the_extension_is_409_and_from_none_503(
    client_of, settings, postgres
):
    for url, status in ((postgres.create_database(), 409), ("postgresql://x:y@127.0.0.1:9/z", 503)):
        changed = settings.model_copy(update={"observed_database_url": SecretStr(url)})
        answer = client_of(create_app(changed)).post("/api/collect")
        assert "y@" not in assert_error(answer, status)["message"]
