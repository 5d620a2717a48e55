"""Files that are answered at once."""

import csv
import io

import numpy as np
import pyarrow.parquet as pq
import pytest

from ml_model.tabular import pieces
from servicekit.testing import assert_error

PATH = "/api/v1/batch-predict"
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"


def send(service, content, accept="application/json", media=CSV, query="?endpoint=wine"):
    headers = {"Content-Type": media, "Accept": accept}
    return service.post(PATH + query, data=content, headers=headers)


@pytest.fixture
def expected(wine_pipeline, wine_table):
    matrix = np.column_stack([wine_table[name].to_numpy() for name in wine_table.column_names])
    return wine_pipeline.predict(matrix).tolist(), wine_pipeline.predict_proba(matrix)


def test_each_row_is_answered_as_the_model_itself_would(service, wine_csv, expected):
    answer = send(service, wine_csv).get_json()
    labels, chances = expected
    rows = answer["predictions"]
    assert (answer["rows_predicted"], answer["rows_refused"]) == (36, 0)
    assert [row["label"] for row in rows] == labels
    assert [row["line"] for row in rows] == list(range(2, 38))
    assert rows[4]["request_id"] == f"b{answer['batch_id']}-5"
    found = [[row["probabilities"][name] for name in "012"] for row in rows]
    assert np.allclose(found, chances, atol=1e-5)
    batch = service.get(f"/api/v1/batches/{answer['batch_id']}").get_json()
    assert (batch["status"], batch["progress"], batch["rows"], batch["at_once"]) == (
        "completed",
        100,
        36,
        True,
    )


@pytest.mark.parametrize("media", [CSV, PARQUET])
def test_csv_and_parquet_in_and_out_say_the_same(service, wine_csv, wine_parquet, media, expected):
    content = wine_csv if media == CSV else wine_parquet
    table = list(csv.DictReader(io.StringIO(send(service, content, CSV, media).get_data(as_text=True))))
    assert [int(row["label"]) for row in table] == expected[0]
    assert list(table[0])[:4] == ["row", "line", "request_id", "label"]
    parquet = pq.read_table(io.BytesIO(send(service, content, PARQUET, media).data))
    assert parquet["label"].to_pylist() == expected[0]


def test_a_file_in_a_form_with_columns_in_another_order_and_one_too_many(service, wine_table, expected):
    table = wine_table.select(wine_table.column_names[::-1]).append_column("note", [["x"] * 36])
    sink = io.BytesIO()
    pq.write_table(table, sink)
    sink.seek(0)
    form = {"file": (sink, "wine.parquet"), "endpoint": "wine"}
    answer = service.post(PATH, data=form, content_type="multipart/form-data").get_json()
    assert [row["label"] for row in answer["predictions"]] == expected[0]
    assert answer["ignored_columns"] == ["note"]


def test_bad_rows_are_named_by_line_and_the_others_are_predicted(service, wine_csv, expected):
    lines = wine_csv.split(b"\n")
    lines[3] = lines[3].replace(b",", b",x", 1)
    lines[5] = b"1,2"
    answer = send(service, b"\n".join(lines)).get_json()
    assert (answer["rows_predicted"], answer["rows_refused"]) == (34, 2)
    assert [(row["row"], row["line"]) for row in answer["refused"]] == [(3, 4), (5, 6)]
    assert answer["refused"][1]["error"] == "has 2 values instead of 13"
    assert answer["predictions"][3]["label"] == expected[0][3]
    assert answer["predictions"][2]["request_id"] is None


def test_rows_of_small_files_stand_among_the_requests(service, wine_csv, query, wine_table):
    answer = send(service, wine_csv).get_json()
    rows = query("SELECT request_id, response, batch_id, input_data FROM ml_model.requests ORDER BY 1")
    assert len(rows) == 36
    name = wine_table.column_names[0]
    first = service.get(f"/api/v1/mlrequests/b{answer['batch_id']}-1").get_json()
    assert first["input_data"][name] == wine_table[name][0].as_py()


def test_rows_of_larger_files_are_there_when_their_feedback_comes(service, many_csv, query):
    answer = send(service, many_csv).get_json()
    assert query("SELECT count(*) FROM ml_model.requests") == [(0,)]
    row = answer["predictions"][3000]
    text = f"request_id,feedback\n{row['request_id']},{row['label']}\nb{answer['batch_id']}-9999,1\n"
    told = service.post("/api/v1/feedback", data=text, headers={"Content-Type": CSV}).get_json()
    assert (told["kept"], told["refused"]) == (1, 1)
    kept = query("SELECT request_id, response, feedback, full_response FROM ml_model.requests")
    assert kept == [(row["request_id"], row["label"], row["label"], {"probabilities": row["probabilities"]})]


def test_a_result_can_be_had_again(service, many_csv):
    answer = send(service, many_csv).get_json()
    again = service.get(f"/api/v1/batches/{answer['batch_id']}/result").get_json()
    assert again["predictions"] == answer["predictions"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n", "missing from the header"),
        (b"PAR1 and no more", "no Parquet"),
        (b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_400(service, content, said):
    assert_error(send(service, content), 400, said)


def test_other_wrong_requests(service, wine_csv):
    assert_error(send(service, wine_csv.replace(b",", b";")), 400, "semicolons")
    assert (
        "application/vnd.apache.parquet" in assert_error(send(service, wine_csv, "text/html"), 400)["message"]
    )
    assert_error(send(service, wine_csv, query="?endpoint=beer"), 404, "beer")
    assert_error(send(service, wine_csv, media="application/zip"), 415, "text/csv")
    assert_error(service.get("/api/v1/batches/99999999999999999999999"), 404)
    assert send(service, wine_csv, query="").status_code == 200


def test_a_file_without_rows_is_answered_without_rows(service, wine_csv):
    header = wine_csv.split(b"\n")[0] + b"\n"
    assert send(service, header).get_json()["predictions"] == []
    assert send(service, header, CSV).get_data(as_text=True).startswith('"row"')
    assert pq.read_table(io.BytesIO(send(service, header, PARQUET).data)).num_rows == 0


def test_a_caller_who_goes_away_leaves_a_failed_batch_with_what_was_answered(
    service, many_csv, query, monkeypatch
):
    monkeypatch.setattr(pieces, "WHOLE_BYTES", 0)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 20_000)
    headers = {"Content-Type": CSV, "Accept": CSV}
    answer = service.post(PATH, data=many_csv, headers=headers, buffered=False)
    answered = len(next(answer.response).splitlines()) - 1
    answer.close()
    (state,) = query("SELECT status, rows_predicted, reason FROM ml_model.batch_jobs")
    assert state[0] == "failed"
    assert answered <= state[1] < 3600
    assert "went away" in state[2]
