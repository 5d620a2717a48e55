import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from servicekit.database import LOOK_UPS, attach_database
from servicekit.errors import Unavailable
from servicekit.look_up import LookUp, LookUps
from servicekit.settings import DatabaseSettings

ONE = LookUp("one", "SELECT 1")
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'looking'
"""


def look_ups_of(url, **changes):
    app = Flask("looking")
    settings = DatabaseSettings(dataset_database_url=SecretStr(url), **changes)
    return app, LookUps(app, attach_database(app, settings))


@pytest.fixture
def url(postgres):
    return postgres.create_database()


@pytest.fixture
def look_ups(url):
    app, found = look_ups_of(url)
    yield found
    with app.app_context():
        app.extensions["sqlalchemy"].engines[LOOK_UPS].dispose()


def test_it_reads_the_first_row_without_a_context(look_ups):
    given = LookUp("given", "SELECT $1, $2", ("integer", "text"))
    assert look_ups.row(given, 5, "x") == (5, "x")
    assert look_ups.row(given, 6, "'); DROP TABLE x --") == (6, "'); DROP TABLE x --")
    assert look_ups.row(LookUp("none", "SELECT 1 WHERE false")) is None
    assert look_ups.row(LookUp("two", "SELECT 1 UNION ALL SELECT 2 ORDER BY 1")) == (1,)


def test_it_is_planned_once_for_each_connection(url, look_ups):
    for _ in range(3):
        assert look_ups.row(ONE) == (1,)
    prepared = LookUp("prepared", "SELECT count(*) FROM pg_prepared_statements WHERE name = 'one'")
    assert look_ups.row(prepared) == (1,)


def test_no_transaction_stays_open(url, look_ups):
    assert look_ups.row(ONE) == (1,)
    engine = create_engine(url)
    with engine.connect() as connection:
        states = connection.execute(
            text("SELECT state FROM pg_stat_activity WHERE application_name = 'looking'")
        ).scalars()
        assert set(states) == {"idle"}
    engine.dispose()


def test_a_connection_that_was_cut_is_replaced(url, look_ups):
    assert look_ups.row(ONE) == (1,)
    engine = create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(text(CUT)).scalar() == 1
    engine.dispose()
    assert look_ups.row(ONE) == (1,)


def test_a_database_that_is_not_there_is_said():
    _, look_ups = look_ups_of("postgresql://nobody:none@127.0.0.1:1/none", database_connect_timeout_seconds=1)
    with pytest.raises(Unavailable) as raised:
        look_ups.row(ONE)
    assert raised.value.headers == {"Retry-After": "2"}


def test_a_statement_that_is_wrong_is_no_matter_of_availability(look_ups):
    with pytest.raises(Exception, match="nowhere") as raised:
        look_ups.row(LookUp("wrong", "SELECT * FROM nowhere"))
    assert not isinstance(raised.value, Unavailable)
    assert look_ups.row(ONE) == (1,)
