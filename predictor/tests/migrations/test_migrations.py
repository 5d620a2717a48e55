from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, inspect, text

import datasetdb.migrate
from predictor import migrate
from predictor.migrations.scope import OPTIONS
from predictor.persistence.model import Base


def differences(url):
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=OPTIONS), Base.metadata)


def test_an_empty_database_becomes_what_the_models_say(postgres):
    url = postgres.create_database()
    migrate.upgrade(url)
    assert differences(url) == []


def test_the_dataset_tables_beside_are_left_alone(postgres):
    url = postgres.create_database()
    datasetdb.migrate.upgrade(url)
    migrate.upgrade(url)
    migrate.upgrade(url)
    assert differences(url) == []
    inspector = inspect(create_engine(url, poolclass=NullPool))
    assert {"datasets", "samples", "targets", "predictions"} <= set(inspector.get_table_names())
    assert set(inspector.get_table_names(schema="predictor")) == {
        "alembic_version",
        *(table.name for table in Base.metadata.sorted_tables),
    }


def test_several_at_once_wait_for_each_other(postgres):
    url = postgres.create_database()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(migrate.upgrade, [url] * 8))
    with create_engine(url, poolclass=NullPool).connect() as connection:
        revisions = connection.execute(text("SELECT version_num FROM predictor.alembic_version")).all()
    assert revisions == [(migrate.head_revision(),)]


def test_the_command_reads_the_environment(postgres, monkeypatch, capsys):
    monkeypatch.setenv("DATASET_DATABASE_URL", postgres.create_database())
    assert migrate.MIGRATIONS.run("schema predictor") == 0
    assert migrate.head_revision() in capsys.readouterr().out


def test_the_command_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.delenv("DATASET_DATABASE_URL", raising=False)
    assert migrate.MIGRATIONS.run("schema predictor") == 2
    assert "DATASET_DATABASE_URL" in capsys.readouterr().err
