"""Facts from plans of a real PostgreSQL."""

from contextlib import closing

import psycopg2
import pytest

from predictor.client.catalogue import relations
from predictor.client.explain import explain
from predictor.utils.features import BY_NAME, PLAN_FEATURES
from predictor.utils.plan_facts import plan_facts
from predictor.utils.relation_facts import by_name, relation_facts, relations_of, table_rows

TABLES = """
    CREATE TABLE parents AS
        SELECT g AS id, g % 10 AS kind, 'name ' || g AS name FROM generate_series(1, 1000) g;
    CREATE TABLE children AS
        SELECT g AS id, g % 1000 AS parent_id, md5(g::text) AS text FROM generate_series(1, 20000) g;
    ALTER TABLE parents ADD PRIMARY KEY (id);
    CREATE TABLE bare_children AS TABLE children;
    CREATE INDEX ON children (parent_id);
    ANALYZE parents; ANALYZE children; ANALYZE bare_children;
    CREATE TABLE never_analysed (id integer) WITH (autovacuum_enabled = false);
"""


@pytest.fixture(scope="module")
def cursor(postgres):
    with closing(psycopg2.connect(postgres.create_database())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            yield cursor


@pytest.fixture(scope="module")
def tables(cursor):
    return by_name(relations(cursor))


@pytest.fixture
def facts(cursor, tables):
    def of(text, work_mem_mb=4.0):
        return plan_facts(explain(cursor, text), work_mem_mb, table_rows(tables))

    return of


QUERIES = (
    "SELECT * FROM parents WHERE id = 7",
    "SELECT count(*) FROM bare_children WHERE text LIKE '%abc%' AND parent_id = 3",
    "SELECT p.kind, count(*) FROM parents p JOIN children c ON c.parent_id = p.id GROUP BY p.kind",
    "SELECT * FROM children ORDER BY text LIMIT 10",
    "SELECT * FROM parents p WHERE (SELECT count(*) FROM children c WHERE c.parent_id = p.id) > 5",
    "SELECT id, row_number() OVER (PARTITION BY parent_id ORDER BY text) FROM children",
    "SELECT DISTINCT text FROM children UNION SELECT name FROM parents",
    "SELECT 1 WHERE false",
)


@pytest.mark.parametrize("text", QUERIES)
def test_executing_a_query_adds_nothing_to_its_facts(cursor, tables, text):
    cursor.execute(f"EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) {text}")
    executed = cursor.fetchone()[0]
    assert "Actual Rows" in executed[0]["Plan"]
    announced = explain(cursor, text)
    assert plan_facts(executed, 4, table_rows(tables)) == plan_facts(announced, 4, table_rows(tables))
    assert relation_facts(executed, tables) == relation_facts(announced, tables)


@pytest.mark.parametrize("text", QUERIES)
def test_every_plan_gives_every_plan_feature_within_its_bounds(facts, text):
    found = facts(text)
    assert {feature.name for feature in PLAN_FEATURES} == found.keys() - {
        "has_seq_scan",
        "has_nested_loop",
        "subquery_depth",
    }
    assert all(0 <= value <= BY_NAME[name].most for name, value in found.items())


def test_a_sequential_scan_reads_the_whole_table_and_lets_few_rows_through(facts):
    found = facts("SELECT * FROM bare_children WHERE parent_id = 3")
    assert found["has_seq_scan"] == 1
    assert found["seq_scan_rows_read"] == 20_000
    assert found["seq_scan_selectivity"] == pytest.approx(0.001, rel=0.2)
    assert found["index_scan_rows"] == found["bitmap_scan_rows"] == 0


def test_the_same_query_with_an_index_has_no_sequential_scan(facts):
    found = facts("SELECT * FROM children WHERE parent_id = 3")
    assert found["has_seq_scan"] == found["seq_scan_rows_read"] == 0
    assert found["seq_scan_selectivity"] == 1
    assert found["index_scan_runs"] == 1


def test_the_inner_side_of_a_nested_loop_counts_once_for_each_outer_row(cursor, facts):
    text = "SELECT * FROM parents p JOIN children c ON c.parent_id = p.id WHERE p.id BETWEEN 1 AND 20"
    cursor.execute("SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_memoize = off")
    try:
        found = facts(text)
    finally:
        cursor.execute("RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_memoize")
    assert found["has_nested_loop"] == 1
    assert found["nested_loop_runs"] == pytest.approx(20, rel=0.2)
    assert found["index_scan_runs"] == pytest.approx(1 + found["nested_loop_runs"])


def test_a_sub_query_of_a_filter_counts_for_the_rows_that_reach_it(facts):
    found = facts(
        "SELECT id FROM parents p WHERE p.id < 30 AND"
        " (SELECT count(*) FROM bare_children c WHERE c.parent_id = p.id) > 5"
    )
    assert found["subquery_depth"] == 1
    assert 5 <= found["subplan_runs"] <= 40
    alone = facts(
        "SELECT id FROM parents p WHERE (SELECT count(*) FROM children c WHERE c.parent_id = p.id) > 5"
    )
    assert alone["subplan_runs"] == 1000


def test_a_sub_query_that_does_not_depend_on_the_row_runs_once(facts):
    found = facts("SELECT * FROM parents WHERE id > (SELECT avg(id) FROM children)")
    assert found["subquery_depth"] == 1
    assert found["subplan_runs"] == 0
    assert found["seq_scan_rows_read"] == 21_000


def test_a_hashed_sub_query_runs_once(facts):
    found = facts("SELECT * FROM parents WHERE id NOT IN (SELECT parent_id FROM bare_children)")
    assert found["subplan_runs"] == 1
    assert found["seq_scan_rows_read"] == 21_000


def test_a_limit_asks_a_scan_for_a_part_of_its_rows(facts):
    found = facts("SELECT * FROM bare_children LIMIT 100")
    assert found["plan_least_share"] == pytest.approx(0.005, rel=0.01)
    assert found["seq_scan_rows_read"] == pytest.approx(100, rel=0.01)
    assert found["plan_largest_cost"] > found["plan_total_cost"]


def test_a_limit_does_not_shorten_what_a_sort_has_to_read(facts):
    found = facts("SELECT * FROM bare_children ORDER BY text LIMIT 100")
    assert found["seq_scan_rows_read"] == found["sort_rows"] == 20_000


def test_a_sort_spills_when_it_is_larger_than_work_mem(facts):
    text = "SELECT * FROM bare_children ORDER BY text"
    small, large = facts(text, 0.25), facts(text, 64)
    assert small["sort_mb"] == large["sort_mb"] == pytest.approx(20_000 * (41 + 24) / 2**20, rel=0.1)
    assert small["spill_ratio"] > 1 > large["spill_ratio"]
    assert small["work_mem_mb"] == 0.25


def test_a_hash_table_may_take_twice_work_mem(facts):
    found = facts("SELECT count(*) FROM bare_children c JOIN parents p ON p.id = c.parent_id", 1)
    assert found["hash_build_rows"] == 1000
    assert found["spill_ratio"] == pytest.approx(found["hash_mb"] / 2)


@pytest.mark.parametrize(
    ("condition", "like", "regex", "unestimated"),
    [
        ("text LIKE '%a%'", 20_000, 0, 0),
        ("text NOT ILIKE '%a%'", 20_000, 0, 0),
        ("text ~ 'a.*b'", 0, 20_000, 0),
        ("text !~* 'LIKE ~~'", 0, 20_000, 0),
        ("upper(text) = 'A ~ B'", 0, 0, 1),
        ("parent_id % 7 = 2 AND id > 5", 0, 0, 1),
    ],
)
def test_conditions_are_counted_by_their_kind(facts, condition, like, regex, unestimated):
    found = facts("SELECT * FROM bare_children WHERE " + condition)  # noqa: S608
    assert found["like_match_rows"] == like
    assert found["regex_match_rows"] == regex
    assert found["unestimated_conditions"] == unestimated
    assert found["filter_evaluations"] == 20_000 * (1 + condition.count(" AND "))


def test_what_needs_a_table_that_is_not_known_is_unknown(cursor):
    found = plan_facts(explain(cursor, "SELECT * FROM bare_children WHERE text LIKE 'a%'"), 4)
    unknown = {name for name, value in found.items() if value is None}
    assert unknown == {"seq_scan_rows_read", "seq_scan_selectivity", "filter_evaluations", "like_match_rows"}


def test_relation_facts_are_those_of_the_tables_in_the_plan(cursor, tables):
    document = explain(cursor, "SELECT * FROM parents p JOIN children c ON c.parent_id = p.id")
    assert relations_of(document) == {"public.parents", "public.children"}
    found = relation_facts(document, tables)
    assert found["table_row_count"] == 21_000
    assert found["index_count"] == 2
    assert found["avg_row_width_bytes"] == pytest.approx((16 + 41) / 2, rel=0.1)
    sizes = [tables[name].size_bytes for name in ("public.parents", "public.children")]
    assert found["mean_table_size_mb"] == pytest.approx(sum(sizes) / 2 / 2**20)


def test_a_plan_without_tables_reads_no_rows(cursor, tables):
    assert set(relation_facts(explain(cursor, "SELECT 1"), tables).values()) == {0.0}


def test_a_table_without_statistics_has_unknown_rows_and_width(cursor, tables):
    found = relation_facts(explain(cursor, "SELECT * FROM never_analysed"), tables)
    assert found["table_row_count"] is None
    assert found["avg_row_width_bytes"] is None
    assert found["index_count"] == 0
