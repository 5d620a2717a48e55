"""Foreign keys are checked by index, whatever the connection did before."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from datasetdb.repository.datasets import Datasets
from datasetdb.repository.predictions import Predictions

ROWS = 5_000


@pytest.fixture
def seasoned(own_database_url, wine, wine_rows, load):
    """A connection that has written a set of a few rows, again and again, in tables known to be small."""
    engine = create_engine(own_database_url, pool_size=1, max_overflow=1)
    with Session(engine) as session:
        load(session, wine, wine_rows(36), "testing")
        session.commit()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            other.execute(text("VACUUM ANALYZE"))
        for _ in range(8):
            record = load(session, wine, wine_rows(36), "training")
            Predictions(session).replace(record, wine_rows(36)[1], "v1")
            session.commit()
        yield session
    engine.dispose()


def rows_scanned(session):
    """Count the rows that this transaction read by scanning whole tables."""
    return session.scalar(text("SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables"))


def test_a_large_set_after_small_ones_scans_no_table_for_each_row(seasoned, wine, wine_rows, load):
    rows = wine_rows(ROWS)
    record = load(seasoned, wine, rows, "training")
    Predictions(seasoned).replace(record, rows[1], "v1")
    assert rows_scanned(seasoned) < 20 * ROWS
    seasoned.commit()
    Datasets(seasoned).delete("wine", "training")
    assert rows_scanned(seasoned) < 20 * ROWS
