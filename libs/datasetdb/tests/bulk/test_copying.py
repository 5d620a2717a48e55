import numpy as np
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from datasetdb.bulk.encode import value_rows
from datasetdb.model.source import Source
from datasetdb.repository.samples import Samples
from servicekit.copying import copy_in, copy_out

TARGETS = "COPY targets (dataset_id, sample_index, value) FROM STDIN (FORMAT binary)"


def no_rows(_row):
    raise AssertionError("nothing should arrive")


def test_a_wrong_statement_raises_what_any_statement_would(session):
    with pytest.raises(ProgrammingError, match="nowhere"):
        copy_out(session, "COPY nowhere TO STDOUT", no_rows)


def test_a_broken_foreign_key_raises_what_any_statement_would(session):
    with pytest.raises(IntegrityError, match="fk_targets"):
        copy_in(session, TARGETS, [value_rows(1, np.array([1]), np.array([0.5]))])


def test_the_session_can_be_used_again_after_a_rollback(session):
    with pytest.raises(ProgrammingError):
        copy_out(session, "COPY nowhere TO STDOUT", no_rows)
    session.rollback()
    assert session.scalar(text("SELECT 1")) == 1


def test_what_the_session_has_pending_is_sent_before(session):
    session.add(
        Source(
            name="s",
            columns=[{"name": "a", "kind": "float"}],
            target_name="y",
            target_kind="regression",
            classes=[],
        )
    )
    received = []
    copy_out(session, "COPY (SELECT name FROM sources) TO STDOUT", received.append)
    assert received == [b"s\n"]


def test_a_connection_lost_on_the_way_is_an_operational_error_and_is_not_used_again(own_database_url):
    engine = create_engine(own_database_url, pool_size=1, max_overflow=1)
    with Session(engine) as session, engine.connect() as other:
        victim = session.scalar(text("SELECT pg_backend_pid()"))

        def rows():
            other.execute(text("SELECT pg_terminate_backend(:victim, 5000)"), {"victim": victim})
            yield bytes(1 << 22)

        with pytest.raises(OperationalError) as caught:
            copy_in(session, TARGETS, rows())
        assert caught.value.connection_invalidated
        session.rollback()
        assert session.scalar(text("SELECT pg_backend_pid()")) != victim
    engine.dispose()


def test_a_scoped_session_serves_as_well(own_database_url, wine, wine_rows, load):
    engine = create_engine(own_database_url)
    scoped = scoped_session(sessionmaker(engine))
    record = load(scoped, wine, wine_rows(5))
    assert len(Samples(scoped).read(record).features) == 5
    scoped.remove()
    engine.dispose()
