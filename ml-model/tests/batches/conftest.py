"""Files against a database of their own: a batch commits block after block, so nothing is rolled back."""

import io
from hashlib import sha256

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session

import datasetdb.migrate
import ml_model.migrate
from ml_model.background import create_background
from ml_model.bootstrap import create_app
from ml_model.config.settings import Settings
from ml_model.persistence.model import Algorithm, AlgorithmStatus, Artifact, Endpoint
from ml_model.serving.signature import Field, Signature
from modelcatalogue.storage import dumps


@pytest.fixture(scope="session")
def wine_pipeline(wine_sets):
    features, target = wine_sets["training"]
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(features.to_numpy(), target)


@pytest.fixture(scope="session")
def wine_table(wine_sets):
    """Wine's testing rows as a table of pyarrow."""
    return pa.Table.from_pandas(wine_sets["testing"][0], preserve_index=False)


def register(url, pipeline, names):
    """Put a pipeline behind the endpoint wine, in production."""
    content = dumps(pipeline)
    digest = sha256(content).hexdigest()
    signature = Signature(tuple(Field(name) for name in names), (0, 1, 2), imputes=False)
    engine = create_engine(url)
    with Session(engine) as session:
        session.execute(
            insert(Artifact).values(sha256=digest, format="skops", size_bytes=len(content), content=content)
        )
        added = insert(Endpoint).values(name="wine", owner="tests").returning(Endpoint.endpoint_id)
        endpoint_id = session.execute(added).scalar_one()
        values = {"endpoint_id": endpoint_id, "name": "lr", "number": 1, "version": "1", "owner": "tests"}
        values |= {"description": "", "code": "", "source": {}, "input_example": {}, "runtime": {}}
        values |= {"signature": signature.document(), "model_sha256": digest}
        added = insert(Algorithm).values(values).returning(Algorithm.algorithm_id)
        row = {"algorithm_id": session.execute(added).scalar_one(), "endpoint_id": endpoint_id}
        row |= {"status": "production", "created_by": "tests", "reason": "tests"}
        session.execute(insert(AlgorithmStatus).values(row))
        session.commit()
    engine.dispose()


@pytest.fixture(scope="session")
def with_a_version(postgres, wine_pipeline, wine_table):
    """The name of a database with a version in production, to be copied."""
    url = postgres.create_database("with_a_version")
    datasetdb.migrate.upgrade(url)
    ml_model.migrate.upgrade(url)
    register(url, wine_pipeline, wine_table.column_names)
    return "with_a_version"


@pytest.fixture
def own_url(postgres, with_a_version):
    return postgres.create_database(template=with_a_version)


@pytest.fixture
def own_settings(own_url, tmp_path):
    """Settings with a queue that is not there."""
    return Settings(
        dataset_database_url=SecretStr(own_url),
        celery_broker=SecretStr("redis://127.0.0.1:9/0"),
        mlflow_tracking_uri="http://127.0.0.1:9",
        mlflow_retries=0,
        journal_directory=tmp_path / "journal",
        routes_most_seconds=0,
        batch_rows_as_requests=50,
    )


def _closing(app):
    with app.app_context():
        app.extensions["sqlalchemy"].session.remove()
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def service(own_settings):
    """A client of the service."""
    app = create_app(own_settings)
    yield app.test_client()
    _closing(app)


@pytest.fixture
def background(own_settings):
    """What the worker is made of, in an app's context."""
    made = create_background(own_settings)
    with made.app.app_context():
        yield made
    _closing(made.app)


@pytest.fixture
def query(own_url):
    """A function that runs one statement on a connection of its own."""
    engine = create_engine(own_url)

    def query(statement, **parameters):
        with engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return result.all() if result.returns_rows else None

    yield query
    engine.dispose()


def csv_of(table):
    sink = io.BytesIO()
    arrow_csv.write_csv(table, sink)
    return sink.getvalue()


def parquet_of(table):
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.fixture(scope="session")
def wine_csv(wine_table):
    return csv_of(wine_table)


@pytest.fixture(scope="session")
def many_csv(wine_table):
    """3,600 rows."""
    return csv_of(pa.concat_tables([wine_table] * 100))


@pytest.fixture(scope="session")
def wine_parquet(wine_table):
    return parquet_of(wine_table)
