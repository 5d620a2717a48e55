"""Series that are read when they are asked for."""

import pytest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from servicekit.database import attach_database
from servicekit.web.app import METRICS, Identity, add_routes, new_app


def series(app):
    """The value of each series by its name and labels."""
    found = app.test_client().get("/metrics").get_data(as_text=True)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(found)
        for sample in family.samples
    }


def shown(value):
    family = GaugeMetricFamily("waiting", "What waits.")
    family.add_metric([], value)
    return [family]


@pytest.fixture
def tiny(settings):
    app, _ = new_app(Identity("tiny", "1", "A tiny service."), settings)
    add_routes(app, [], {})
    return app


def test_a_place_is_read_anew_each_time(tiny):
    numbers = iter((5, 6))
    tiny.extensions[METRICS].state.add("file", lambda: shown(next(numbers)))
    assert [series(tiny)[("waiting",)] for _ in range(2)] == [5, 6]


def test_a_place_that_does_not_answer_hides_nothing_else(tiny):
    def broken():
        raise OSError("gone")

    state = tiny.extensions[METRICS].state
    state.add("broken", broken)
    state.add("file", lambda: shown(1))
    found = series(tiny)
    assert found[("metrics_source_up", "broken")] == 0
    assert found[("metrics_source_up", "file")] == 1
    assert found[("waiting",)] == 1
    assert found[("service_build_info", "tiny", "1")] == 1


def test_a_place_has_one_reader(tiny):
    tiny.extensions[METRICS].state.add("file", lambda: shown(1))
    with pytest.raises(ValueError, match="file"):
        tiny.extensions[METRICS].state.add("file", lambda: shown(1))


def test_connections_of_the_service_and_of_the_server_are_counted(settings, postgres):
    url = postgres.create_database()
    app, _ = new_app(
        Identity("counted", "1", "A tiny service."),
        settings.model_copy(update={"dataset_database_url": SecretStr(url)}),
    )
    database = attach_database(app, app.extensions["service_settings"])
    with app.app_context(), database.engine.connect() as first, database.engine.connect() as second:
        first.execute(text("SELECT 1"))
        first.commit()
        second.execute(text("SELECT 1"))
        found = series(app)
    assert found[("metrics_source_up", "database")] == 1
    assert found[("database_connections", "idle")] == 1
    assert found[("database_connections", "idle in transaction")] == 1
    engine = create_engine(url)
    with engine.connect() as connection:
        most = int(connection.execute(text("SHOW max_connections")).scalar_one())
    engine.dispose()
    assert 3 <= found[("database_server_connections",)] <= most
    assert 0 < found[("database_server_connections_max",)] <= most
    with app.app_context():
        database.engine.dispose()


def test_a_pool_that_is_used_up_does_not_hide_the_connections(settings, postgres):
    url = postgres.create_database()
    changes = {"dataset_database_url": SecretStr(url), "database_pool_size": 1}
    app, _ = new_app(Identity("crowded", "1", "Tiny."), settings.model_copy(update=changes))
    database = attach_database(app, app.extensions["service_settings"])
    with app.app_context(), database.engine.connect() as only:
        only.execute(text("SELECT 1"))
        assert series(app)[("database_connections", "idle in transaction")] == 1
    with app.app_context():
        database.engine.dispose()


def test_a_database_that_is_away_is_said(settings):
    app, _ = new_app(Identity("tiny", "1", "A tiny service."), settings)
    attach_database(app, settings)
    assert series(app)[("metrics_source_up", "database")] == 0
