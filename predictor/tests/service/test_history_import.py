"""Files of history: all rows or none, every fault named by line."""

import io
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import text

from predictor.service.history_import import HistoryImport, ImportRules
from predictor.service.import_errors import (
    FileTooLarge,
    RowsRefused,
    TooManyRows,
    UnreadableFile,
    WrongColumns,
)

HEADER = "query_hash,window_start,execution_time_ms"
GOOD = "4001,2026-01-01T00:00:00Z,12.5"


@pytest.fixture
def session(app, client):
    """The service's own session; what it writes is undone when the test ends."""
    with app.app_context():
        yield app.extensions["sqlalchemy"].session


@pytest.fixture
def load(session):
    """A function that loads lines of CSV, or bytes, with limits that a test may set."""

    def load(*lines, database_name=None, max_bytes=1_000_000, max_rows=1000):
        raw = lines[0] if isinstance(lines[0], bytes) else "\n".join(lines).encode()
        return HistoryImport(session, ImportRules("shop", max_bytes, max_rows)).load(raw, database_name)

    return load


@pytest.fixture
def stored(session):
    """A function that gives all rows of the history, oldest first."""

    def stored():
        rows = session.execute(
            text("SELECT * FROM predictor.metrics_pg_stats_query ORDER BY window_start, query_hash")
        )
        return [row._mapping for row in rows]

    return stored


def details(fault):
    return [(row["line"], row["field"]) for row in fault.value.details]


def as_parquet(columns, schema=None):
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns, schema=schema), sink)
    return sink.getvalue()


def test_a_csv_with_the_three_needed_columns_is_loaded(load, stored):
    summary = load(HEADER, GOOD)
    (row,) = stored()
    assert (summary.databases, summary.rows, summary.fingerprints) == (("shop",), 1, 1)
    assert summary.first_window == summary.last_window == datetime(2026, 1, 1, tzinfo=UTC)
    assert (row["database_name"], row["query_hash"], row["source"]) == ("shop", 4001, "import")
    assert (row["window_start"], row["window_end"]) == (
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 1, tzinfo=UTC),
    )
    assert (row["calls"], row["execution_time_ms"]) == (1, 12.5)
    assert row["plan_total_cost"] is None


def test_every_column_is_kept_to_the_last_digit(load, stored, session):
    load(
        f"\ufeff{HEADER},window_end,calls,database_name,query,plan_total_cost,has_seq_scan,index_count",
        "-9223372036854775808,2026-01-01 02:00:00.000001+02:00,0.1,2026-01-01T00:30:00Z,7,other,"
        '"SELECT\n1, 2",1e-7,1,',
        '9223372036854775807,2026-01-01,1e12,,,,"a ""b""",123456789.123456789,0,3',
    )
    first, second = sorted(stored(), key=lambda row: row["query_hash"])
    assert first["window_start"] == datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert first["window_end"] == datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    assert (first["query_hash"], second["query_hash"]) == (-(2**63), 2**63 - 1)
    assert (first["calls"], second["calls"]) == (7, 1)
    assert (first["database_name"], second["database_name"]) == ("other", "shop")
    assert (first["execution_time_ms"], second["execution_time_ms"]) == (0.1, 1e12)
    assert (first["plan_total_cost"], second["plan_total_cost"]) == (1e-7, 123456789.123456789)
    assert (first["has_seq_scan"], second["has_seq_scan"]) == (1.0, 0.0)
    assert (first["index_count"], second["index_count"]) == (None, 3.0)
    texts = dict(session.execute(text("SELECT query_hash, query FROM predictor.query_texts")).all())
    assert texts == {-(2**63): "SELECT\n1, 2", 2**63 - 1: 'a "b"'}


def test_a_parquet_file_of_typed_columns_is_loaded(load, stored):
    frame = pd.DataFrame(
        {
            "query_hash": [-(2**63), 2**63 - 1],
            "window_start": pd.to_datetime(["2026-01-01T00:00:00.000001Z", "2026-01-02T00:00:00.000000Z"]),
            "window_end": pd.to_datetime(["2026-01-01T00:15:00Z", None]),
            "execution_time_ms": [0.1, 3],
            "calls": [5, None],
            "has_seq_scan": [True, False],
            "index_count": pd.array([2, None], dtype="Int32"),
            "plan_rows": [float("nan"), 1e15],
            "query": pd.Categorical(["SELECT 1", None]),
        }
    )
    sink = io.BytesIO()
    frame.to_parquet(sink)
    summary = load(sink.getvalue(), database_name="given")
    first, second = stored()
    assert (summary.databases, summary.rows) == (("given",), 2)
    assert first["window_start"] == datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert first["window_end"] == datetime(2026, 1, 1, 0, 15, tzinfo=UTC)
    assert second["window_end"] == datetime(2026, 1, 2, 1, tzinfo=UTC)
    assert (first["query_hash"], second["query_hash"]) == (-(2**63), 2**63 - 1)
    assert (first["calls"], second["calls"]) == (5, 1)
    assert (first["has_seq_scan"], first["index_count"], first["plan_rows"]) == (1.0, 2.0, None)
    assert (second["has_seq_scan"], second["index_count"], second["plan_rows"]) == (0.0, None, 1e15)


def test_a_parquet_file_may_hold_texts_as_a_csv_does(load, stored):
    columns = {
        "query_hash": ["4001"],
        "window_start": ["2026-01-01T00:00:00+00:00"],
        "execution_time_ms": ["2"],
    }
    load(as_parquet(columns))
    assert stored()[0]["execution_time_ms"] == 2


def test_the_same_file_twice_leaves_the_same_rows_and_another_value_takes_the_place(load, stored):
    load(HEADER, GOOD)
    load(HEADER, GOOD)
    assert len(stored()) == 1
    load(HEADER + ",plan_rows", "4001,2026-01-01T00:00:00Z,13,5")
    (row,) = stored()
    assert (row["execution_time_ms"], row["plan_rows"]) == (13, 5)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("query_hash", "", "missing"),
        ("query_hash", "abc", "64 bit"),
        ("query_hash", "1.5", "64 bit"),
        ("query_hash", "1_000", "64 bit"),
        ("query_hash", "9223372036854775808", "64 bit"),
        ("window_start", "", "missing"),
        ("window_start", "yesterday", "ISO 8601"),
        ("window_start", "1969-12-31T23:59:59Z", "before 1970"),
        ("window_start", "2999-01-01T00:00:00Z", "future"),
        ("window_end", "2999-01-01T00:00:00Z", "future"),
        ("window_end", "2026-01-01T00:00:00Z", "not later"),
        ("window_end", "x", "ISO 8601"),
        ("execution_time_ms", "", "missing"),
        ("execution_time_ms", "0", "1e-06 to 1e+12"),
        ("execution_time_ms", "-1", "1e-06 to 1e+12"),
        ("execution_time_ms", "1e13", "1e-06 to 1e+12"),
        ("execution_time_ms", "inf", "finite"),
        ("execution_time_ms", "nan", "finite"),
        ("execution_time_ms", "fast", "finite"),
        ("calls", "0", "whole number between 1"),
        ("calls", "1.5", "whole number between 1"),
        ("calls", "many", "whole number between 1"),
        ("database_name", "x" * 201, "longer than 200"),
        ("query", "SELECT \x00", "NUL"),
        ("plan_total_cost", "-0.001", "between 0"),
        ("plan_total_cost", "-inf", "finite"),
        ("plan_total_cost", "1_0", "finite"),
        ("available_memory_pct", "100.1", "between 0 and 100"),
        ("has_seq_scan", "0.5", "whole"),
        ("has_seq_scan", "2", "between 0 and 1"),
        ("has_seq_scan", "true", "finite number"),
        ("index_count", "1.5", "whole"),
    ],
)
def test_a_value_that_cannot_be_kept_is_named_by_line_and_field(load, stored, column, cell, reason):
    start = {"query_hash": "4001", "window_start": "2026-01-01T00:00:00Z", "execution_time_ms": "1"}
    good = {**dict.fromkeys([column], ""), **start}
    wrong = {**good, "query_hash": "4002", column: cell}
    with pytest.raises(RowsRefused) as fault:
        load(",".join(good), ",".join(good.values()), ",".join(wrong.values()))
    (detail,) = fault.value.details
    assert (detail["line"], detail["field"]) == (3, column)
    assert reason in detail["reason"]
    assert stored() == []


REQUIRED = ("query_hash", "window_start", "execution_time_ms")


def test_lines_are_those_of_the_file_also_after_texts_of_several_lines_and_blank_lines(load):
    with pytest.raises(RowsRefused) as fault:
        load(f"{HEADER},query", f'{GOOD},"SELECT', '1"', "", "4002,x,0,")
    assert details(fault) == [(5, "window_start"), (5, "execution_time_ms")]


def test_all_faults_are_counted_and_the_first_hundred_listed(load, stored):
    rows = [f"{4001 + i},2026-01-01T00:00:00Z,{-1 if i >= 10 else 1}" for i in range(200)]
    with pytest.raises(RowsRefused) as fault:
        load(HEADER, *rows)
    assert details(fault) == [(line, "execution_time_ms") for line in range(12, 112)]
    assert "190 rows cannot be kept, with 190 faults" in fault.value.message
    assert stored() == []


def test_a_window_that_stands_twice_is_refused_with_the_line_of_the_first(load, stored):
    with pytest.raises(RowsRefused) as fault:
        load(HEADER, GOOD, "4002,2026-01-01T00:00:00Z,1", "4001,2026-01-01T01:00:00+01:00,2")
    assert fault.value.details == [
        {"line": 4, "field": "window_start", "reason": "repeats the database, query and window of line 2"}
    ]
    assert stored() == []


def test_the_same_window_of_two_databases_is_no_repetition(load):
    summary = load(f"{HEADER},database_name", f"{GOOD},a", f"{GOOD},b")
    assert (summary.databases, summary.rows, summary.fingerprints) == (("a", "b"), 2, 2)


def test_faults_in_a_later_part_of_the_file_load_nothing_of_the_first(load, stored):
    rows = [f"{4001 + i},2026-01-01T00:00:00Z,1" for i in range(45_000)]
    with pytest.raises(RowsRefused) as fault:
        load(HEADER, *rows, "4001,2026-01-01T00:00:00Z,1", max_rows=50_000, max_bytes=10_000_000)
    assert details(fault) == [(45_002, "window_start")]
    assert stored() == []


def test_a_file_of_many_parts_is_loaded_whole(load, stored):
    rows = [f"{4001 + i},2026-01-01T00:00:00Z,{i + 1},q{i % 3}" for i in range(45_000)]
    summary = load(f"{HEADER},query", *rows, max_rows=50_000, max_bytes=10_000_000)
    assert (summary.rows, summary.fingerprints) == (45_000, 45_000)
    assert [row["execution_time_ms"] for row in stored()] == list(range(1, 45_001))


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (f"{HEADER},colour", {"colour"}),
        ("query_hash,execution_time_ms", {"window_start"}),
        (f"{HEADER},calls,calls", {"calls"}),
        (
            "query_hash;window_start;execution_time_ms",
            {"query_hash;window_start;execution_time_ms", *REQUIRED},
        ),
    ],
)
def test_columns_that_are_unknown_missing_or_doubled_are_named(load, header, names):
    with pytest.raises(WrongColumns) as fault:
        load(header, GOOD)
    assert {row["field"] for row in fault.value.details} == names


def test_an_unknown_column_of_a_parquet_file_is_named(load):
    with pytest.raises(WrongColumns, match="colour"):
        load(as_parquet({name: [1] for name in (*REQUIRED, "colour")}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        HEADER.encode(),
        f'{HEADER}\n{GOOD}\n4002,"open'.encode(),
        f"{HEADER}\n{GOOD},one too many".encode(),
        f"{HEADER}\n{GOOD}\n".encode() + b"\xff\xfe",
        b"PAR1 and then nothing of the kind",
        as_parquet({"query_hash": [1], "window_start": ["2026-01-01"], "execution_time_ms": [1.0]})[:-20],
    ],
)
def test_what_is_no_such_file_is_refused_in_words(load, stored, raw):
    with pytest.raises((UnreadableFile, WrongColumns)):
        load(raw)
    assert stored() == []


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("query_hash", pa.array([2**63], pa.uint64())),
        ("query_hash", pa.array([1.5])),
        ("query_hash", pa.array([1e300])),
        ("window_start", pa.array([12])),
        ("execution_time_ms", pa.array([[1.0]])),
        ("execution_time_ms", pa.array([float("inf")])),
        ("plan_rows", pa.array([{"a": 1}])),
        ("query", pa.array([7])),
        ("database_name", pa.array([b"x"])),
    ],
)
def test_values_of_other_types_in_a_parquet_file_are_named_by_row(load, column, values):
    columns = {
        "query_hash": pa.array([4001]),
        "window_start": pa.array([datetime(2026, 1, 1, tzinfo=UTC)]),
        "execution_time_ms": pa.array([1.0]),
        column: values,
    }
    with pytest.raises(RowsRefused) as fault:
        load(as_parquet(columns))
    assert details(fault) == [(1, column)]


def test_limits_of_bytes_and_rows_hold_for_both_kinds(load):
    table = as_parquet(
        {"query_hash": [1, 2], "window_start": ["2026-01-01"] * 2, "execution_time_ms": [1, 1]}
    )
    with pytest.raises(FileTooLarge, match="at most 20 bytes"):
        load(HEADER, GOOD, max_bytes=20)
    with pytest.raises(TooManyRows, match="at most 1 rows"):
        load(HEADER, GOOD, GOOD, max_rows=1)
    with pytest.raises(TooManyRows):
        load(table, max_rows=1)
