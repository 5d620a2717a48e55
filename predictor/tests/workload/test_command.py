"""The command `python -m predictor.workload`, on real databases."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from predictor.workload import __main__ as command


def run(arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "predictor.workload", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "CELERY_BROKER": "redis://127.0.0.1:9/0", **environment},
    )


@pytest.fixture
def addresses(postgres):
    """The suite's database, migrated, and an empty one for the workload."""
    from predictor.migrate import upgrade

    url = postgres.create_database()
    upgrade(url)
    return {"DATASET_DATABASE_URL": url, "PREDICTOR_WORKLOAD_DATABASE_URL": postgres.create_database()}


def test_history_is_made_and_kept_and_more_is_added_by_a_second_run(addresses):
    for run_number in (1, 2):
        said = run(["--executions", "200"], **addresses)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "Measured 200 executions" in said.stdout
        engine = create_engine(addresses["DATASET_DATABASE_URL"])
        with engine.connect() as connection:
            count, queries, first = connection.execute(
                text(
                    "SELECT count(*), count(DISTINCT query_hash), min(query_hash)"
                    " FROM predictor.metrics_pg_stats_query WHERE database_name = 'pganalytics'"
                )
            ).one()
            texts = connection.execute(text("SELECT count(*) FROM predictor.query_texts")).scalar()
        engine.dispose()
        assert (count, queries, first) == (200 * run_number, 150, 4001)
        assert texts == queries


def test_a_missing_database_of_its_own_is_said(addresses):
    said = run([], DATASET_DATABASE_URL=addresses["DATASET_DATABASE_URL"], PREDICTOR_WORKLOAD_DATABASE_URL="")
    assert said.returncode != 0
    assert "PREDICTOR_WORKLOAD_DATABASE_URL" in said.stdout + said.stderr


def test_a_database_that_is_away_is_said_without_a_trace(addresses):
    away = {"PREDICTOR_WORKLOAD_DATABASE_URL": "postgresql://a:b@127.0.0.1:9/c"}
    said = run([], **(addresses | away))
    assert said.returncode == 1
    assert "A database failed" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr


@pytest.mark.parametrize("number", ["0", "99", "1000001", "many", "-5", "1.5"])
def test_a_number_that_cannot_be_is_refused(number, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--executions", number])
    assert ended.value.code == 2
    assert "whole number" in capsys.readouterr().err
