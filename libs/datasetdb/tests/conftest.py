"""Sessions on a real database, and small sources of every kind."""

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from datasetdb.migrate import upgrade
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources
from datasetdb.schema import Column, SourceSchema, Target

FLOWERS = SourceSchema(
    "flowers",
    (
        Column("length", "float"),
        Column("colour", "category"),
        Column("petals", "integer"),
        Column("wild", "boolean"),
        Column("place", "category"),
    ),
    Target("kind", "classification", ("daisy", "rose", "tulip")),
)
WINE = SourceSchema(
    "wine", tuple(Column(f"feature_{i}") for i in range(13)), Target("target", "classification", (0, 1, 2))
)


@pytest.fixture
def session(dataset_database_url):
    """A session whose transaction is rolled back after the test."""
    engine = create_engine(dataset_database_url, poolclass=NullPool)
    with Session(engine) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def own_database_url(postgres, with_tables):
    """A database of its own with the tables, for tests that commit."""
    url = postgres.create_database(template=with_tables)
    yield url
    postgres.drop_database(url.rpartition("/")[2])


@pytest.fixture(scope="session")
def with_tables(postgres):
    """The name of a database with the tables, to be copied."""
    upgrade(postgres.create_database("with_tables_of_datasetdb"))
    return "with_tables_of_datasetdb"


@pytest.fixture
def flowers():
    return FLOWERS


@pytest.fixture
def wine():
    return WINE


@pytest.fixture
def flower_rows():
    """Three flowers with something missing in every column, and an index out of order."""
    features = pd.DataFrame(
        {
            "length": [1.5, np.nan, -3.25],
            "colour": ["red", None, "weiß"],
            "petals": pd.array([2**53 - 1, None, -7], dtype="Int64"),
            "wild": [True, None, False],
            "place": ["", 'a\nb,"c"\t\\N', np.nan],
        },
        index=[5, -2, 9],
    )
    return features, pd.Series(["rose", "daisy", "rose"], index=features.index)


@pytest.fixture
def wine_rows():
    """Return a function that makes random wine."""

    def make(rows, seed=42):
        rng = np.random.default_rng(seed)
        features = pd.DataFrame(rng.normal(size=(rows, 13)), columns=list(WINE.feature_names))
        return features, pd.Series(rng.integers(0, 3, rows))

    return make


@pytest.fixture
def load():
    """Return a function that writes one set in the session's transaction and gives back its record."""

    def write(session, schema, rows, name="training"):
        Sources(session).add(schema)
        dataset_id = Datasets(session).replace(schema.name, name, {"seed": 42})
        Samples(session).write(dataset_id, *rows)
        return Datasets(session).get(schema.name, name)

    return write


@pytest.fixture
def load_wine(session, load, wine_rows):
    """Return a function that writes random wine in the session's transaction and gives back its record."""

    def write(rows, name="training"):
        return load(session, WINE, wine_rows(rows), name)

    return write


@pytest.fixture
def load_flowers(session, load, flower_rows):
    """Return a function that writes the three flowers in the session's transaction."""

    def write(name="training"):
        return load(session, FLOWERS, flower_rows, name)

    return write
