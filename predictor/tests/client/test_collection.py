"""The collector against a real server: what it counts, keeps and leaves alone."""

import pytest
from sqlalchemy import text

from predictor.client.observed_database import ObservedDatabase, ReadLimits
from predictor.client.observed_errors import NoStatementStatistics, ObservedDatabaseAway
from predictor.service.collection import Collection, CollectionRules
from predictor.service.collection_errors import NoObservedDatabase

RULES = CollectionRules("shop")
LOOK_UP = "SELECT note FROM orders WHERE id = $1"


@pytest.fixture
def collection(session, observed_url):
    return Collection(session, ObservedDatabase(observed_url), RULES)


@pytest.fixture
def run(observed_server, observed_url):
    """A function that runs statements in the observed database."""

    def run(*statements):
        return observed_server.execute(*statements, url=observed_url)

    return run


@pytest.fixture
def kept(session):
    """A function that gives the samples of queries whose text holds these words, oldest window first."""
    statement = text(
        "SELECT m.*, t.query FROM predictor.metrics_pg_stats_query m "
        "JOIN predictor.query_texts t USING (database_name, query_hash) "
        "WHERE t.query LIKE :words ORDER BY window_start, query_hash"
    )

    def kept(words=""):
        return [row._mapping for row in session.execute(statement, {"words": f"%{words}%"})]

    return kept


def look_ups(times):
    return [LOOK_UP.replace("$1", str(number)) for number in range(times)]


def test_the_first_reading_only_marks_where_the_next_window_begins(collection, kept, run):
    run(*look_ups(3))
    summary = collection.collect()
    assert (summary.is_first, summary.samples) == (True, 0)
    assert summary.statements > 0
    assert "next collection" in summary.sentence
    assert kept() == []


def test_a_query_becomes_one_sample_of_what_it_did_since_the_last_reading(collection, kept, run):
    run(*look_ups(3))
    first = collection.collect()
    run(*look_ups(7))
    second = collection.collect()
    (row,) = kept("FROM orders WHERE id")
    assert (row["database_name"], row["calls"], row["source"], row["query"]) == (
        "shop",
        7,
        "collector",
        LOOK_UP,
    )
    assert (row["window_start"], row["window_end"]) == (first.read_at, second.read_at)
    assert second.samples == len(kept())


def test_the_time_of_a_sample_is_the_mean_over_the_calls_of_the_window(collection, kept, run):
    run("SELECT pg_sleep(0.3)")
    collection.collect()
    run("SELECT pg_sleep(0.02)", "SELECT pg_sleep(0.06)")
    collection.collect()
    (row,) = kept("pg_sleep")
    assert row["calls"] == 2
    assert 40 <= row["execution_time_ms"] < 200


def test_a_query_that_was_not_called_gets_no_sample(collection, kept, run):
    run(*look_ups(3))
    collection.collect()
    collection.collect()
    assert kept("FROM orders WHERE id") == []


def test_windows_follow_each_other_without_gap(collection, kept, run):
    collection.collect()
    for times in (1, 2, 3):
        run(*look_ups(times))
        collection.collect()
    first, second, third = kept("FROM orders WHERE id")
    assert [row["calls"] for row in (first, second, third)] == [1, 2, 3]
    assert (first["window_end"], second["window_end"]) == (second["window_start"], third["window_start"])


def test_plan_and_tables_are_known_from_the_generic_plan(collection, kept, run):
    collection.collect()
    run(
        *look_ups(1),
        "SELECT c.name, count(*) FROM orders o JOIN customers c ON c.id = o.customer "
        "WHERE o.note LIKE 'x%' GROUP BY 1",
    )
    summary = collection.collect()
    (look_up,), (join,) = kept("FROM orders WHERE id"), kept("JOIN customers")
    assert summary.planned >= 2
    assert look_up["has_seq_scan"] == 0
    assert look_up["table_row_count"] == 1000
    assert look_up["index_count"] == 1
    assert look_up["plan_total_cost"] > look_up["plan_startup_cost"] > 0
    assert (join["has_seq_scan"], join["table_row_count"], join["index_count"]) == (1, 1010, 2)
    assert join["plan_total_cost"] > look_up["plan_total_cost"]
    assert look_up["work_mem_mb"] == 4
    assert look_up["concurrent_queries_avg"] >= 1
    assert 0 < look_up["available_memory_pct"] < 100


def test_calls_in_an_hour_come_from_the_windows_before(collection, kept, run, session):
    collection.collect()
    run(*look_ups(5))
    collection.collect()
    session.execute(
        text(
            "UPDATE predictor.metrics_pg_stats_query SET calls = 36, "
            "window_start = window_end - interval '4 hours', window_end = window_end - interval '3 hours'"
        )
    )
    run(*look_ups(5))
    collection.collect()
    old, new = kept("FROM orders WHERE id")
    assert (old["query_calls_per_hour"], old["peak_hour_calls"], old["std_dev_calls"]) == (None, None, None)
    assert new["peak_hour_calls"] == pytest.approx(36)
    assert new["query_calls_per_hour"] == pytest.approx(36 / 5)
    assert new["std_dev_calls"] == pytest.approx(14.4)


def test_counters_of_one_statement_that_began_anew_count_from_nought(collection, kept, run):
    run(*look_ups(9))
    collection.collect()
    run(
        "SELECT pg_stat_statements_reset(0, 0, queryid) FROM pg_stat_statements "
        "WHERE query LIKE '%FROM orders WHERE id%'",
        *look_ups(4),
    )
    summary = collection.collect()
    (row,) = kept("FROM orders WHERE id")
    assert row["calls"] == 4
    assert summary.reset == 1


def test_after_a_reset_of_all_counters_the_window_begins_at_the_reset(collection, kept, run):
    run(*look_ups(2))
    first = collection.collect()
    run(*look_ups(9), "SELECT pg_stat_statements_reset()", *look_ups(4))
    ((reset_at,),) = run("SELECT stats_reset FROM pg_stat_statements_info")
    second = collection.collect()
    (row,) = kept("FROM orders WHERE id")
    assert row["calls"] == 4
    assert first.read_at < row["window_start"] == reset_at < row["window_end"] == second.read_at
    assert second.reset > 0


@pytest.mark.parametrize("version", ["1.4", "1.7", "1.8", "1.9", "1.10"])
def test_older_versions_of_the_extension_are_read_by_their_own_column_names(
    session, observed_server, kept, version
):
    url = observed_server.create_database(version)
    names = {name for (name,) in observed_server.execute(COLUMN_NAMES, url=url)}
    assert ("total_time" in names) == (version in ("1.4", "1.7"))
    collection = Collection(session, ObservedDatabase(url), RULES)
    observed_server.execute("CREATE TABLE things (id integer)", url=url)
    collection.collect()
    observed_server.execute("SELECT count(*) FROM things", "SELECT count(*) FROM things", url=url)
    collection.collect()
    (row,) = kept("FROM things")
    assert (row["calls"], row["has_seq_scan"]) == (2, 1)


COLUMN_NAMES = "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_stat_statements'::regclass"


def test_the_extension_is_found_in_another_schema(session, observed_server, kept):
    url = observed_server.create_database()
    observed_server.execute(
        "DROP EXTENSION pg_stat_statements",
        'CREATE SCHEMA "Odd one"',
        'CREATE EXTENSION pg_stat_statements SCHEMA "Odd one"',
        url=url,
    )
    collection = Collection(session, ObservedDatabase(url), RULES)
    collection.collect()
    observed_server.execute("SELECT 4711 AS number", url=url)
    collection.collect()
    assert len(kept("AS number")) == 1


def test_statements_of_other_databases_functions_and_utilities_are_no_history(
    collection, kept, run, observed_server
):
    run(
        "CREATE FUNCTION inner_query() RETURNS bigint LANGUAGE plpgsql AS "
        "$$BEGIN RETURN (SELECT count(*) FROM customers AS inside); END$$"
    )
    run("SET pg_stat_statements.track = 'all'")
    other = observed_server.create_database()
    collection.collect()
    run("BEGIN", "COMMIT", "VACUUM customers", "SELECT inner_query()")
    observed_server.execute("SELECT 1 AS elsewhere", url=other)
    summary = collection.collect()
    assert len(kept("inner_query()")) == 1
    assert kept("AS inside") == kept("elsewhere") == kept("VACUUM") == kept("BEGIN") == []
    assert summary.not_queries >= 3


@pytest.fixture
def reader_url(observed_server, observed_url):
    """The address for a role that may read all statistics and set nothing."""
    role = observed_server.create_role()
    observed_server.execute(f"GRANT pg_read_all_stats TO {role}")
    return observed_server.url(observed_url.rpartition("/")[2], role)


def test_a_reading_is_not_counted_where_the_role_may_say_so(collection, run):
    run(*look_ups(1))
    collection.collect()
    run(*look_ups(1))
    collection.collect()
    counted = {query for (query,) in run("SELECT query FROM pg_stat_statements")}
    assert [query for query in counted if query.startswith(("SELECT /* predictor */", "EXPLAIN"))] == []


def test_what_the_collector_itself_reads_is_no_history_where_it_is_counted(session, reader_url, kept):
    collection = Collection(session, ObservedDatabase(reader_url), RULES)
    for _ in range(3):
        collection.collect()
    assert [row["query"] for row in kept() if "pg_stat" in row["query"] or "pg_class" in row["query"]] == []


def test_the_longest_running_statements_are_taken_first(session, observed_url, kept, run):
    collection = Collection(
        session, ObservedDatabase(observed_url), CollectionRules("shop", most_statements=1)
    )
    collection.collect()
    run(*look_ups(3), "SELECT pg_sleep(0.2)")
    summary = collection.collect()
    assert [row["query"] for row in kept()] == ["SELECT pg_sleep($1)"]
    assert summary.left_out >= 1


def test_a_collection_that_fails_leaves_the_marks_where_they_were(session, observed_url, kept, run):
    observed = ObservedDatabase(observed_url)
    Collection(session, observed, RULES).collect()
    run(*look_ups(3))
    with pytest.raises(ObservedDatabaseAway):
        Collection(session, ObservedDatabase(gone(observed_url)), RULES).collect()
    Collection(session, observed, RULES).collect()
    assert [row["calls"] for row in kept("FROM orders WHERE id")] == [3]


def gone(url):
    """The same address where nobody listens."""
    return f"{url.rpartition(':')[0]}:9/{url.rpartition('/')[2]}"


def test_a_database_without_the_extension_says_what_to_install_and_set(session, postgres):
    collection = Collection(session, ObservedDatabase(postgres.create_database()), RULES)
    with pytest.raises(NoStatementStatistics) as fault:
        collection.collect()
    for words in ("shared_preload_libraries", "CREATE EXTENSION pg_stat_statements", "pg_read_all_stats"):
        assert words in fault.value.message
    assert fault.value.status == 409


def test_a_role_that_may_not_see_statements_of_others_is_told_how_many(
    session, observed_server, observed_url, kept
):
    role = observed_server.create_role()
    name = observed_url.rpartition("/")[2]
    collection = Collection(session, ObservedDatabase(observed_server.url(name, role)), RULES)
    assert collection.collect().hidden > 0
    observed_server.execute(*look_ups(2), url=observed_url)
    collection.collect()
    assert kept("FROM orders") == []


def test_a_role_with_pg_read_all_stats_sees_everything(session, reader_url, kept, run):
    collection = Collection(session, ObservedDatabase(reader_url), RULES)
    assert collection.collect().hidden == 0
    run(*look_ups(2))
    collection.collect()
    (row,) = kept("FROM orders WHERE id")
    assert row["calls"] == 2


def test_a_statement_that_the_role_may_not_plan_has_no_plan(session, reader_url, kept, run):
    run("CREATE SCHEMA secret", "CREATE TABLE secret.plans (id integer)")
    collection = Collection(session, ObservedDatabase(reader_url), RULES)
    collection.collect()
    run("SELECT count(*) FROM secret.plans")
    collection.collect()
    (row,) = kept("secret.plans")
    assert (row["calls"], row["plan_total_cost"], row["has_seq_scan"]) == (1, None, None)


def test_no_statement_is_planned_after_the_time_for_planning(session, observed_url, kept, run):
    hurried = ObservedDatabase(observed_url, ReadLimits(planning_seconds=-1))
    collection = Collection(session, hurried, RULES)
    collection.collect()
    run(*look_ups(2))
    summary = collection.collect()
    (row,) = kept("FROM orders WHERE id")
    assert (summary.planned, row["calls"], row["plan_total_cost"]) == (0, 2, None)


@pytest.mark.parametrize(
    "change", [gone, lambda url: url.replace("postgres:", "postgres:wrong"), lambda _: "no://url"]
)
def test_a_database_that_does_not_answer_is_said_in_words_without_the_password(session, observed_url, change):
    collection = Collection(session, ObservedDatabase(change(observed_url)), RULES)
    with pytest.raises(ObservedDatabaseAway) as fault:
        collection.collect()
    assert "PREDICTOR_OBSERVED_DATABASE_URL" in fault.value.message
    assert observed_url.split(":")[2].split("@")[0] not in fault.value.message
    assert fault.value.status == 503


def test_a_server_that_is_there_and_refuses_is_told_from_one_that_is_not(session, observed_url):
    for change, words in ((lambda url: url + "_not", "refuses the connection"), (gone, "does not answer")):
        with pytest.raises(ObservedDatabaseAway, match=words):
            Collection(session, ObservedDatabase(change(observed_url)), RULES).collect()


def test_without_a_database_to_observe_the_setting_is_named(session):
    with pytest.raises(NoObservedDatabase, match="PREDICTOR_OBSERVED_DATABASE_URL"):
        Collection(session, None, RULES).collect()


def test_two_names_are_marked_apart(collection, kept, run):
    collection.collect("one")
    assert collection.collect("two").is_first
    run(*look_ups(2))
    assert not collection.collect("one").is_first
    assert {row["database_name"] for row in kept()} == {"one"}
