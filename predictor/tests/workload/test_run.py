"""A small workload on a real PostgreSQL."""

# ruff: noqa: S311, S608 - chance that can be repeated, and statements made of this package's own names

import io
import math
import random
from contextlib import closing

import psycopg2
import pytest
from rich.console import Console

from predictor.client.explain import explain
from predictor.utils.call_history import Calls
from predictor.utils.features import BY_NAME, NAMES
from predictor.workload.execution import execute, prepare
from predictor.workload.progress import ProgressDisplay
from predictor.workload.run import WorkloadOptions, run_workload
from predictor.workload.schema import BARE, INDEXED, TABLES, ensure_tables
from predictor.workload.shapes import shapes


@pytest.fixture(scope="module")
def url(postgres):
    return postgres.create_database()


@pytest.fixture(scope="module")
def run(url):
    """Run sixty executions; return the summary, what was written for each window, and what was told."""
    written, told = [], []
    options = WorkloadOptions(url, executions=60)
    summary = run_workload(options, lambda samples, texts: written.append((samples, texts)), told.append)
    return summary, written, told


@pytest.fixture
def connection(url, run):
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        yield connection


def test_every_execution_becomes_a_sample_with_a_time(run):
    summary, written, _ = run
    samples = [sample for window, _ in written for sample in window]
    assert summary.executions == len(samples) == 60
    assert summary.timed_out == 0
    assert summary.tables_built
    assert all(math.isfinite(sample.execution_time_ms) and sample.execution_time_ms > 0 for sample in samples)
    assert {sample.database_name for sample in samples} == {"pganalytics"}


def test_samples_have_the_features_and_nothing_else_within_their_bounds(run):
    for samples, _ in run[1]:
        for sample in samples:
            assert sample.features.keys() == set(NAMES)
            known = {name: value for name, value in sample.features.items() if value is not None}
            assert all(0 <= value <= BY_NAME[name].most for name, value in known.items())


def test_windows_follow_one_another(run):
    spans = [{(sample.window_start, sample.window_end) for sample in samples} for samples, _ in run[1]]
    assert all(len(span) == 1 for span in spans)
    edges = [edge for span in spans for edge in next(iter(span))]
    assert edges == sorted(edges)
    assert len(set(edges)) == len(edges)


def test_texts_come_with_the_samples(run):
    known = {shape.query_hash: shape.text for shape in shapes()}
    for samples, texts in run[1]:
        assert texts == {sample.query_hash: known[sample.query_hash] for sample in samples}


def test_a_query_that_was_not_called_before_has_no_call_history(run):
    seen = set()
    for samples, _ in run[1]:
        for sample in samples:
            if sample.query_hash not in seen:
                assert sample.features["query_calls_per_hour"] is None
                assert sample.features["peak_hour_calls"] is None
        seen |= {sample.query_hash for sample in samples}


def test_a_second_run_keeps_the_tables_and_knows_the_calls_of_the_first(url, run):
    first = [sample for samples, _ in run[1] for sample in samples]
    past = {sample.query_hash: [Calls(sample.window_start, sample.calls)] for sample in first}
    written = []
    options = WorkloadOptions(url, executions=60, past_calls=past)
    summary = run_workload(options, lambda samples, _: written.extend(samples), lambda _: None)
    assert not summary.tables_built
    assert min(sample.window_start for sample in written) > max(sample.window_end for sample in first)
    again = [sample for sample in written if sample.query_hash in past]
    assert again
    assert {sample.features["query_calls_per_hour"] for sample in again} == {1.0}


def test_tables_that_were_not_finished_are_built_anew(connection):
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA {INDEXED} IS 'an older version'")
    assert ensure_tables(connection)
    assert not ensure_tables(connection)


def test_twins_hold_the_same_rows(connection):
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*), sum(hashtext(t::text)) FROM {INDEXED}.{table} t")
            indexed = cursor.fetchone()
            cursor.execute(f"SELECT count(*), sum(hashtext(t::text)) FROM {BARE}.{table} t")
            assert cursor.fetchone() == indexed
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE schemaname = %s", (BARE,))
        assert cursor.fetchone() == (0,)


def test_postgres_understands_every_query(connection):
    with connection.cursor() as cursor:
        for shape in shapes():
            assert explain(cursor, shape.render(random.Random(shape.query_hash)))["Plan"]["Total Cost"] >= 0


def test_a_single_execution_gives_its_plan_and_its_time(connection):
    prepare(connection, 4)
    execution = execute(connection, shapes()[0], random.Random(1))
    assert execution.milliseconds > 0
    assert "Plan Rows" in execution.document["Plan"]
    assert "Actual" not in str(execution.document)


def test_an_execution_that_takes_too_long_is_told_and_the_connection_lives_on(connection):
    prepare(connection, 4)
    slow = next(shape for shape in shapes() if shape.family == "far_page" and "order_items" in shape.template)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 1")
    assert execute(connection, slow, random.Random(1)) is None
    prepare(connection, 4)
    assert execute(connection, slow, random.Random(1)).milliseconds > 0


def test_progress_is_told_after_each_window(run):
    summary, _, told = run
    assert [progress.window for progress in told] == list(range(summary.windows + 1))
    assert told[-1].executions == told[-1].of_executions == 60


def test_progress_is_a_line_for_each_window_where_there_is_no_terminal(run):
    output = io.StringIO()
    with ProgressDisplay(Console(file=output, width=120)) as display:
        for progress in run[2]:
            display.show(progress)
    lines = output.getvalue().splitlines()
    assert len(lines) == len(run[2])
    assert lines[0].startswith("making the tables ready")
    assert "60 of 60 executions" in lines[-1]


def test_a_failing_write_ends_the_run(url, run):
    def refuse(samples, texts):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        run_workload(WorkloadOptions(url, executions=60), refuse, lambda _: None)
