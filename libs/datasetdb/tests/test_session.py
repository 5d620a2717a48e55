import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from datasetdb.session import snapshot


def test_a_snapshot_goes_on_reading_the_set_that_another_replaces(own_database_url, wine, wine_rows, load):
    engine = create_engine(own_database_url)
    with Session(engine) as writing, Session(engine) as reading:
        load(writing, wine, wine_rows(20, seed=1))
        writing.commit()
        snapshot(reading)
        before = Datasets(reading).get("wine", "training")
        load(writing, wine, wine_rows(30, seed=2))
        writing.commit()
        assert Datasets(reading).get("wine", "training") == before
        assert len(Samples(reading).read(before).features) == 20
        reading.commit()
        assert Datasets(reading).get("wine", "training").samples == 30
    engine.dispose()


def test_a_snapshot_must_be_the_first_of_its_transaction(session):
    session.execute(text("SELECT 1"))
    with pytest.raises(DBAPIError, match="before any query"):
        snapshot(session)
