import numpy as np
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from predictor.persistence.repository.bulk_samples import BulkSamples, SampleColumns


def one_sample():
    whole = {
        name: np.array([number], dtype=np.int64)
        for number, name in enumerate(("database", "query_hash", "window_start", "window_end", "calls"))
    }
    return SampleColumns(**whole, execution_time_ms=np.array([1.5]), features={})


def test_a_connection_lost_meanwhile_is_that_of_a_database_that_is_away(fresh_url):
    engine = create_engine(fresh_url)
    with Session(engine) as session, engine.connect() as other:
        victim = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:victim, 5000)"), {"victim": victim})
        with pytest.raises(OperationalError) as caught:
            BulkSamples(session).add([one_sample()], ["shop"], "file")
        assert caught.value.connection_invalidated
        session.rollback()
        assert BulkSamples(session).add([one_sample()], ["shop"], "file") == 1
    engine.dispose()
