"""The tables that the workload asks: a shop, once with its indexes and once without any."""

# ruff: noqa: S608 - the parts that are put together are all this module's own

from psycopg2 import extensions

INDEXED = "shop"
BARE = "shop_bare"
"""Same tables, same rows, no index at all, not even for primary keys."""

VERSION = "workload tables, version 3"

_SEED = 0.42

_WORDS = (
    "ARRAY['quick','amber','silent','copper','river','stone',"
    "'maple','orbit','velvet','signal','harbor','ember']"
)


def _word(argument: str) -> str:
    """Return SQL for a word chosen by a number."""
    return f"({_WORDS})[1 + ({argument})::int % 12]"


TABLES = {
    "regions": """
        SELECT g AS id, 'region ' || g AS name, 'country ' || (g % 9) AS country
        FROM generate_series(1, 40) g""",
    "suppliers": f"""
        SELECT g AS id, (1 + floor(40 * random() ^ 2))::int AS region_id,
            initcap({_word("g * 7")}) || ' supplies ' || g AS name, (1 + g % 5) AS rating
        FROM generate_series(1, 300) g""",
    "products": f"""
        SELECT g AS id, (1 + floor(300 * random() ^ 2))::int AS supplier_id,
            {_word("g * 5")} || ' ' || {_word("g / 12")} || ' ' || g AS name,
            'category ' || (floor(40 * random() ^ 2))::int AS category,
            (1 + 500 * random() ^ 3)::numeric(8,2) AS price, (10 + 5000 * random())::int AS weight,
            repeat({_word("g * 11")} || ' ' || {_word("g / 7")} || ' ', 8) AS description,
            random() < 0.05 AS discontinued
        FROM generate_series(1, 4000) g""",
    "customers": f"""
        SELECT g AS id, (1 + floor(40 * random() ^ 2))::int AS region_id,
            initcap({_word("g * 5")}) || ' ' || initcap({_word("g / 12")}) AS name,
            {_word("g * 7")} || '.' || {_word("g / 5")} || g || '@example.org' AS email,
            (ARRAY['retail','retail','retail','retail','wholesale','wholesale','online','press'])
                [1 + (g * 13) % 8] AS segment,
            date '2018-01-01' + (2500 * sqrt(random()))::int AS signup_date,
            (10000 * random() ^ 4)::numeric(10,2) AS credit, (1000 * random())::int AS score
        FROM generate_series(1, 15000) g""",
    "orders": f"""
        SELECT g AS id, (1 + floor(15000 * random() ^ 3))::int AS customer_id,
            date '2020-01-01' + (g / 41 + 30 * random())::int AS order_date,
            (ARRAY['shipped','shipped','shipped','shipped','shipped','shipped','paid','paid','returned','open'])
                [1 + floor(10 * random())::int] AS status,
            (ARRAY['web','web','phone','store'])[1 + g % 4] AS channel,
            (5 + 2000 * random() ^ 4)::numeric(10,2) AS total, (floor(5 * random() ^ 2))::int AS priority,
            {_word("g * 7")} || ' ' || {_word("g / 3")} || ' ' || {_word("g / 36")} AS comment
        FROM generate_series(1, 75000) g""",
    "order_items": """
        SELECT g AS id, (1 + (g - 1) / 3) AS order_id, (1 + floor(4000 * random() ^ 2))::int AS product_id,
            (1 + floor(20 * random() ^ 3))::int AS quantity,
            (1 + 500 * random() ^ 3)::numeric(8,2) AS unit_price,
            random() * 0.4 AS discount
        FROM generate_series(1, 225000) g""",
    "reviews": f"""
        SELECT g AS id, (1 + floor(4000 * random() ^ 3))::int AS product_id,
            (1 + floor(15000 * random()))::int AS customer_id, (1 + floor(5 * sqrt(random())))::int AS rating,
            date '2020-01-01' + (1800 * random())::int AS created,
            {_word("g * 5")} || ' ' || {_word("g / 12")} AS title,
            repeat({_word("g * 7")} || ' ' || {_word("g / 5")} || ' ', 2 + g % 12) AS body
        FROM generate_series(1, 30000) g""",
    "events": f"""
        SELECT g AS id, (1 + floor(15000 * random() ^ 2))::int AS customer_id,
            timestamp '2024-01-01' + g * interval '5 minutes' AS happened_at,
            (ARRAY['view','view','view','view','view','click','click','search','cart','buy'])
                [1 + floor(10 * random())::int] AS kind,
            '/' || {_word("g * 5")} || '/' || {_word("g / 12")} || '/'
                || (floor(500 * random() ^ 2))::int AS path,
            (20000 * random() ^ 5)::int AS duration
        FROM generate_series(1, 100000) g""",
}
"""Query that makes each table's rows; columns are skewed by powers of a uniform draw."""

INDEXES = (
    *(f"ALTER TABLE {INDEXED}.{table} ADD PRIMARY KEY (id)" for table in TABLES),
    *(
        f"CREATE INDEX ON {INDEXED}.{columns}"
        for columns in (
            "suppliers (region_id)",
            "products (supplier_id)",
            "products (category)",
            "products (price)",
            "products (name text_pattern_ops)",
            "customers (region_id)",
            "customers (email text_pattern_ops)",
            "customers (signup_date)",
            "customers (credit)",
            "orders (customer_id)",
            "orders (order_date)",
            "orders (status, order_date)",
            "orders (total)",
            "order_items (order_id)",
            "order_items (product_id)",
            "order_items (unit_price)",
            "reviews (product_id)",
            "reviews (customer_id)",
            "reviews (created)",
            "events (customer_id, happened_at)",
            "events (happened_at)",
            "events (duration)",
        )
    ),
)


def ensure_tables(connection: extensions.connection) -> bool:
    """Build the tables unless this version of them is there; return whether they were built.

    Args:
        connection: in autocommit mode, of a role that may create schemas in the database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", (INDEXED,))
        if cursor.fetchone() == (VERSION,):
            return False
        _build(cursor)
    return True


def _build(cursor: extensions.cursor) -> None:
    for schema in (INDEXED, BARE):
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")
    cursor.execute("SET synchronous_commit = off")
    cursor.execute("SET maintenance_work_mem = '128MB'")
    cursor.execute("SELECT setseed(%s)", (_SEED,))
    # Statistics that are gathered anew in the middle of a run would change plans between its windows.
    storage = "WITH (autovacuum_enabled = false)"
    for table, rows in TABLES.items():
        cursor.execute(f"CREATE TABLE {INDEXED}.{table} {storage} AS {rows}")
        cursor.execute(f"CREATE TABLE {BARE}.{table} {storage} AS TABLE {INDEXED}.{table}")
    for statement in INDEXES:
        cursor.execute(statement)
    cursor.execute("SET default_statistics_target = 200")
    for schema in (INDEXED, BARE):
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {schema}.{table}")
    # Last, so that a build which was interrupted is begun again.
    cursor.execute(f"COMMENT ON SCHEMA {INDEXED} IS %s", (VERSION,))
