"""The history on a real PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from predictor.persistence.repository.prediction_path import PredictionPath
from predictor.persistence.repository.samples import Samples
from predictor.utils.features import NAMES
from servicekit.look_up import LookUps


@pytest.fixture
def session(app, client):
    with app.app_context():
        yield app.extensions["sqlalchemy"].session


def test_the_same_window_again_takes_the_place_of_the_first(session, history):
    samples = history(fingerprints=3, windows=2)
    assert Samples(session).add(samples, "import") == 6
    slower = [replace(sample, execution_time_ms=2 * sample.execution_time_ms) for sample in samples]
    assert Samples(session).add(slower, "import") == 6
    rows = Samples(session).newest("pganalytics", 30, 100)
    assert sorted(rows.execution_time_ms) == sorted(sample.execution_time_ms for sample in slower)


def test_a_window_named_twice_at_once_keeps_the_last(session, history):
    sample = history(fingerprints=1, windows=1)[0]
    assert Samples(session).add([sample, replace(sample, execution_time_ms=7.0)], "import") == 1
    assert Samples(session).newest("pganalytics", 30, 100).execution_time_ms.tolist() == [7.0]


def test_nothing_to_keep_is_fine(session):
    assert Samples(session).add([], "import") == 0
    rows = Samples(session).newest("pganalytics", 30, 100)
    assert (len(rows.query_hash), rows.features.shape, rows.last_sample_id) == (0, (0, len(NAMES)), 0)


def test_what_is_unknown_comes_back_as_unknown(session, history):
    Samples(session).add(history(fingerprints=2, windows=2), "import")
    rows = Samples(session).newest("pganalytics", 30, 100)
    assert np.isnan(rows.features[:, NAMES.index("std_dev_calls")]).all()
    assert np.isnan(rows.features[:, NAMES.index("query_calls_per_hour")]).tolist() == [
        True,
        True,
        False,
        False,
    ]
    assert not np.isnan(rows.features[:, NAMES.index("plan_total_cost")]).any()


def test_the_newest_are_taken_and_come_oldest_first(session, history):
    Samples(session).add(history(fingerprints=1, windows=5), "import")
    rows = Samples(session).newest("pganalytics", 30, 3)
    assert len(rows.query_hash) == 3
    assert (np.diff(rows.window_start) > 0).all()
    assert rows.window_start[-1] > (datetime.now(UTC) - timedelta(hours=2)).timestamp()


def test_other_databases_and_older_windows_are_left_out(session, history):
    Samples(session).add(history(database_name="other"), "import")
    Samples(session).add(history(newest=datetime.now(UTC) - timedelta(days=40)), "import")
    assert len(Samples(session).newest("pganalytics", 30, 1000).query_hash) == 0
    assert Samples(session).last_sample_id("pganalytics", 30) == 0
    assert Samples(session).last_sample_id("pganalytics", 60) > 0


@pytest.mark.parametrize(
    "change", [{"execution_time_ms": 0.0}, {"execution_time_ms": float("inf")}, {"calls": 0}]
)
def test_the_database_itself_refuses_what_cannot_be(session, history, change):
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        Samples(session).add([replace(history(fingerprints=1, windows=1)[0], **change)], "import")


def test_a_prediction_finds_its_features_by_the_index_alone(app, session, history):
    """The plan of the look-up on a table that is long enough for the planner to care."""
    Samples(session).add(history(fingerprints=400, windows=10), "import")
    session.execute(text("ANALYZE predictor.metrics_pg_stats_query"))
    from predictor.persistence.repository.prediction_path import _NEWEST

    connection = session.connection()
    connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")  # as after five executions
    connection.exec_driver_sql(_NEWEST.prepare)
    explained = connection.exec_driver_sql(f"EXPLAIN {_NEWEST.execute}", ("pganalytics", 4100, 30))
    plan = explained.scalars().all()
    connection.exec_driver_sql("DEALLOCATE ALL")
    assert any("uq_metrics_pg_stats_query_window" in line for line in plan), plan
    assert not any("Seq Scan on metrics_pg_stats_query" in line for line in plan), plan
    basis = PredictionPath(LookUps(app, app.extensions["sqlalchemy"])).basis("pganalytics", 4100, 30)
    assert basis.features["plan_total_cost"] is not None


def test_texts_are_kept_once_for_each_query(session, history):
    Samples(session).add(history(fingerprints=2, windows=2), "workload")
    Samples(session).name_queries("pganalytics", {4001: "SELECT $1", 4002: "SELECT $2"})
    Samples(session).name_queries("pganalytics", {4001: "SELECT $1::int"})
    listed = Samples(session).queries("pganalytics", 10, 0)
    assert [query.query for query in listed] == ["SELECT $1::int", "SELECT $2"]
