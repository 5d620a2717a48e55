"""Planning what others wrote: nothing is run or changed, and what is no single query is not asked."""

import psycopg2
import pytest

from predictor.client.generic_plans import generic_plan, is_query, may_be_explained


@pytest.fixture
def connection(observed_url):
    """A connection like the collector's: one read-only transaction."""
    connection = psycopg2.connect(observed_url)
    connection.set_session(readonly=True)
    yield connection
    connection.close()


@pytest.fixture
def plan(connection):
    """A function that plans a text."""
    with connection.cursor() as cursor:
        yield lambda text: generic_plan(cursor, text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT note FROM orders WHERE id = $1",
        "  select count(*) from orders",
        "-- a comment\nSELECT count(*) FROM orders",
        "/* a * comment */ SELECT count(*) FROM orders",
        "(SELECT id FROM orders) UNION ALL (SELECT id FROM customers)",
        "WITH few AS (SELECT id FROM orders) SELECT count(*) FROM few",
        "INSERT INTO customers VALUES ($1, $2)",
        "UPDATE orders SET note = $1 WHERE id = $2",
        "DELETE FROM orders WHERE customer = $1",
        "MERGE INTO customers c USING orders o ON c.id = o.id WHEN MATCHED THEN DELETE",
        "VALUES ($1::integer)",
        "TABLE orders",
    ],
)
def test_a_query_is_planned_for_any_value_of_its_parameters(plan, text):
    (document,) = plan(text)
    assert document["Plan"]["Total Cost"] >= 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1; DROP TABLE orders",
        "SELECT 1;",
        "SELECT ';'",
        "DROP TABLE orders",
        "TRUNCATE orders",
        "CALL something()",
        "DO $$BEGIN END$$",
        "EXPLAIN ANALYZE DELETE FROM orders",
        "ANALYZE orders",
        "(ANALYZE) SELECT 1",
        "COPY orders TO PROGRAM 'true'",
        "CREATE TABLE copied AS SELECT 1",
        "EXECUTE prepared",
        "DECLARE c CURSOR FOR SELECT 1",
        "SELECTED",
        "/* SELECT */ DROP TABLE orders",
        "-- SELECT\nDROP TABLE orders",
        "/* open SELECT 1",
        "SELECT 1 \x00",
    ],
)
def test_what_is_no_single_query_is_not_sent(connection, text):
    with connection.cursor() as cursor:
        connection.close()  # whoever sends anything now is told so
        assert generic_plan(cursor, text) is None
    assert not may_be_explained(text)


@pytest.mark.parametrize("text", ["SELECT * FROM nowhere", "SELECT $1 +", "SELECT interval $1"])
def test_what_the_server_cannot_plan_has_no_plan_and_harms_no_other(plan, text):
    assert plan(text) is None
    assert plan("SELECT count(*) FROM orders") is not None


def test_a_function_with_a_side_effect_is_not_run(plan, observed_server, observed_url):
    observed_server.execute(
        "CREATE SEQUENCE ran",
        "CREATE FUNCTION effect() RETURNS bigint LANGUAGE sql VOLATILE AS $$SELECT nextval('ran')$$",
        url=observed_url,
    )
    assert plan("SELECT effect() FROM orders") is not None
    assert plan("INSERT INTO customers SELECT effect(), $1 RETURNING effect()") is not None
    assert observed_server.execute("SELECT is_called FROM ran", url=observed_url) == [(False,)]
    assert observed_server.execute("SELECT count(*) FROM customers", url=observed_url) == [(10,)]


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN INSERT INTO customers VALUES (99, 'x'); RETURN 1; END",
        "BEGIN SET LOCAL transaction_read_only = off; INSERT INTO customers VALUES (99, 'x'); RETURN 1; END",
        "BEGIN PERFORM set_config('statement_timeout', '0', false); RETURN 1; END",
    ],
)
def test_a_function_that_lies_about_being_immutable_can_write_nothing(
    connection, plan, observed_server, observed_url, body
):
    observed_server.execute(
        f"CREATE FUNCTION liar() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $${body}$$", url=observed_url
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 4711")
    plan("SELECT liar()")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("4711ms",)
    connection.rollback()
    assert observed_server.execute("SELECT count(*) FROM customers", url=observed_url) == [(10,)]


def test_planning_holds_no_lock_afterwards(plan, observed_server, observed_url):
    plan("UPDATE orders SET note = $1")
    observed_server.execute(
        "SET lock_timeout = 1000", "ALTER TABLE orders ADD COLUMN later integer", url=observed_url
    )


def test_own_statements_and_utilities_are_no_queries():
    assert not is_query("SELECT /* predictor */ 1")
    assert not is_query("BEGIN")
    assert is_query("SELECT 1")
