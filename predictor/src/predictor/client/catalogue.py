"""What PostgreSQL's catalogue knows of the tables of a database."""

from psycopg2 import extensions

from predictor.utils.relation_facts import Relation

_RELATIONS = """
    SELECT n.nspname, c.relname, pg_table_size(c.oid), NULLIF(c.reltuples, -1), width.bytes,
        (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN (
        SELECT schemaname, tablename, sum(avg_width * (1 - null_frac)) AS bytes
        FROM pg_stats WHERE NOT inherited GROUP BY schemaname, tablename
    ) width ON width.schemaname = n.nspname AND width.tablename = c.relname
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg_toast%'
"""
"""`reltuples` is -1 for a table that was never analysed; `pg_stats` shows only what the role may read."""


def relations(cursor: extensions.cursor) -> list[Relation]:
    """Read size, rows, width and indexes of each table and materialised view that is not PostgreSQL's own."""
    cursor.execute(_RELATIONS)
    return [
        Relation(schema, name, int(size), _number(rows), _number(width), int(indexes))
        for schema, name, size, rows, width, indexes in cursor.fetchall()
    ]


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
