"""Small made-up sources, and monitoring on a real database whose changes are undone."""

import numpy as np
import pandas as pd
import pytest
from pydantic import SecretStr

from datasetdb.repository.datasets import Datasets
from datasetdb.repository.predictions import Predictions
from datasetdb.repository.samples import LabelledFrame, Samples
from datasetdb.repository.sources import Sources
from datasetdb.schema import Column, SourceSchema, Target
from monitoring.bootstrap import create_app
from monitoring.config.settings import Settings
from monitoring.service.comparison import Comparison, Sampling
from servicekit.database import transaction

COLUMNS = (
    Column("length", "float"),
    Column("width", "float"),
    Column("petals", "integer"),
    Column("wild", "boolean"),
    Column("colour", "category"),
)
CLASSES = ("daisy", "rose", "tulip")


def features_of(rows, rng, shift=0.0):
    """Make one feature of each kind; `shift` moves the numbers by standard deviations."""
    numbers = rng.normal(shift, 1.0, (rows, 2))
    return pd.DataFrame(
        {
            "length": numbers[:, 0] + 10,
            "width": numbers[:, 1],
            "petals": pd.array(rng.integers(3, 20, rows), dtype="Int64"),
            "wild": pd.array(rng.integers(0, 2, rows) == 1, dtype="boolean"),
            "colour": pd.Categorical(rng.choice(["red", "white", "blue"], rows)),
        }
    )


def labels_of(rows, rng, classes, correct):
    """Make true classes, and predictions of which the share `correct` is right."""
    target = pd.Series(np.resize(np.array(classes, dtype=object), rows), name="target")
    following = dict(zip(classes, (*classes[1:], classes[0]), strict=True))
    right = rng.random(rows) < correct
    return target, target.where(right, target.map(following)).rename("prediction")


@pytest.fixture
def flowers():
    """A classification source with every kind of feature."""
    return SourceSchema("flowers", COLUMNS, Target("kind", "classification", CLASSES))


@pytest.fixture
def labelled():
    """Return a function that makes a set with predictions."""

    def make(rows=50, seed=0, shift=0.0, correct=0.9, classes=CLASSES):
        rng = np.random.default_rng(seed)
        features = features_of(rows, rng, shift)
        target, predictions = labels_of(rows, rng, classes, correct)
        return LabelledFrame(features, target, predictions, "v1")

    return make


@pytest.fixture
def prices():
    """A regression source."""
    return SourceSchema("prices", COLUMNS, Target("price", "regression"))


@pytest.fixture
def priced():
    """Return a function that makes a set of a regression source."""

    def make(rows=50, seed=0, error=0.1, shift=0.0):
        rng = np.random.default_rng(seed)
        features = features_of(rows, rng, shift)
        target = pd.Series(features["length"] * 3.0, name="target")
        predictions = (target + rng.normal(0, error, rows)).rename("prediction")
        return LabelledFrame(features, target, predictions, "v1")

    return make


@pytest.fixture
def compare(flowers):
    """Return a function that puts two sets side by side."""

    def make(reference, current, schema=flowers, rows=20_000):
        return Comparison.of(schema, reference, current, Sampling(rows, 42))

    return make


@pytest.fixture
def more_settings():
    """Settings other than the defaults; a test names its own by parametrizing this."""
    return {}


@pytest.fixture
def app(dataset_database_url, more_settings):
    return create_app(Settings(dataset_database_url=SecretStr(dataset_database_url), **more_settings))


@pytest.fixture
def client(app, client_of):
    return client_of(app)


@pytest.fixture
def store(app, client):
    """Return a function that puts a set, and its predictions, into the app's database."""

    def put(*what, **more):
        with app.app_context():
            store_set(app.extensions["sqlalchemy"].session, *what, **more)

    return put


@pytest.fixture
def stored():
    """Return a function that puts a set, and its predictions, into any database."""
    return store_set


def store_set(session, schema, name, labelled_frame, model_version="v1"):
    with transaction(session):
        Sources(session).add(schema)
        dataset_id = Datasets(session).replace(schema.name, name, {})
        Samples(session).write(dataset_id, labelled_frame.features, labelled_frame.target)
        if model_version is not None:
            record = Datasets(session).get(schema.name, name)
            Predictions(session).replace(record, labelled_frame.predictions, model_version)
