import os
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from datasetdb.migrate import MIGRATIONS, head_revision, upgrade
from datasetdb.migrations.scope import OPTIONS
from datasetdb.model import Base
from servicekit.migrations import URL_VARIABLE

TABLES = {"sources", "datasets", "samples", "targets", "predictions"}


@pytest.fixture
def empty_database_url(postgres):
    url = postgres.create_database()
    yield url
    postgres.drop_database(url.rpartition("/")[2])


def differences(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return found


def run_migrate(environment):
    inherited = {name: value for name, value in os.environ.items() if name != URL_VARIABLE}
    return subprocess.Popen(
        [sys.executable, "-m", "datasetdb.migrate"],
        env=inherited | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_upgraded_database_is_what_the_models_say(empty_database_url):
    upgrade(empty_database_url)
    assert differences(empty_database_url) == []


def test_a_difference_between_database_and_models_is_seen(empty_database_url):
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE samples DROP COLUMN labels"))
    engine.dispose()
    assert [change[0] for change in differences(empty_database_url)] == ["add_column"]


def test_what_others_keep_in_the_same_database_is_left_alone(empty_database_url):
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE foreign_table (id int, version_num text)"))
        connection.execute(text("CREATE SCHEMA other"))
        connection.execute(text("CREATE TABLE other.samples (id int)"))
    upgrade(empty_database_url)
    assert differences(empty_database_url) == []
    assert inspect(engine).get_table_names("other") == ["samples"]
    assert set(inspect(engine).get_table_names()) == {*TABLES, "foreign_table", "datasetdb_version"}
    engine.dispose()


def test_upgrading_again_keeps_the_rows(empty_database_url):
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO sources (name, columns, target_name, target_kind, classes)"
                """ VALUES ('s', '[{"name": "a", "kind": "float"}]', 'y', 'regression', '[]')"""
            )
        )
    upgrade(empty_database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sources")) == 1
        assert connection.scalar(text("SELECT version_num FROM datasetdb_version")) == head_revision()
    engine.dispose()


def test_several_processes_may_migrate_at_once(empty_database_url):
    running = [run_migrate({URL_VARIABLE: empty_database_url}) for _ in range(4)]
    results = [(process.communicate(), process.returncode) for process in running]
    assert [code for _, code in results] == [0] * 4, results
    assert differences(empty_database_url) == []


def test_the_command_says_which_setting_it_misses():
    process = run_migrate({})
    _, complaint = process.communicate()
    assert process.returncode == 2
    assert URL_VARIABLE in complaint


def test_a_downgrade_leaves_no_table(empty_database_url):
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        command.downgrade(MIGRATIONS.config(connection), "base")
    assert inspect(engine).get_table_names() == ["datasetdb_version"]
    engine.dispose()
