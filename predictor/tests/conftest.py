import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from pydantic import SecretStr

import predictor.migrate
from predictor.bootstrap import create_app
from predictor.config.settings import Settings
from predictor.learning.history import History
from predictor.learning.options import TrainingOptions
from predictor.learning.training import train
from predictor.persistence.repository.performance_models import NewModel, PerformanceModels
from predictor.persistence.repository.samples import Samples
from predictor.utils.features import NAMES
from predictor.utils.sample import Sample

CLOSED_PORT_URL = "redis://127.0.0.1:9/0"


@pytest.fixture(scope="session")
def migrated(postgres):
    """The address of a database with predictor's tables and no rows."""
    url = postgres.create_database()
    predictor.migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def settings(migrated):
    """Settings with a real database, a queue that is not there and a journal that is carried when asked."""
    return Settings(
        dataset_database_url=SecretStr(migrated),
        celery_broker=SecretStr(CLOSED_PORT_URL),
        journal_interval_seconds=3600,
    )


@pytest.fixture
def app(settings, tmp_path):
    return create_app(settings.model_copy(update={"journal_directory": tmp_path / "journal"}))


@pytest.fixture
def client(app, client_of):
    """A client whose changes to the database are undone when the test ends."""
    return client_of(app)


@pytest.fixture
def fresh_url(postgres, with_tables):
    """The address of a migrated database of its own, for what needs several connections."""
    return postgres.create_database(template=with_tables)


@pytest.fixture(scope="session")
def with_tables(postgres):
    """The name of a database with predictor's tables, to be copied."""
    predictor.migrate.upgrade(postgres.create_database("with_tables_of_predictor"))
    return "with_tables_of_predictor"


def made_up(fingerprints=60, windows=5, seed=42, database_name="pganalytics", newest=None):
    """Samples of made-up queries whose time follows from cost, rows and concurrency, with noise of 20 %.

    The newest window ends `newest`, or now; fingerprints are 4001, 4002, …
    """
    draw = np.random.default_rng(seed)
    newest = newest or datetime.now(UTC)
    cost = 10 ** draw.uniform(1, 5, fingerprints)
    rows = 10 ** draw.uniform(2, 6, fingerprints)
    scans = draw.random(fingerprints) < 0.5
    samples = []
    for window in range(windows):
        start = newest - timedelta(hours=windows - window)
        concurrency = float(draw.integers(1, 5))
        for index in range(fingerprints):
            time_ms = 0.01 * cost[index] ** 0.9 * (1 + 0.2 * concurrency) * draw.lognormal(0, 0.2)
            features = {
                "query_calls_per_hour": 60.0 if window else None,
                "mean_table_size_mb": rows[index] / 1e4,
                "index_count": 2.0,
                "has_seq_scan": float(scans[index]),
                "has_nested_loop": 0.0,
                "subquery_depth": 0.0,
                "concurrent_queries_avg": concurrency,
                "available_memory_pct": 60.0,
                "table_row_count": rows[index],
                "avg_row_width_bytes": 80.0,
                "plan_total_cost": cost[index],
                "plan_rows": rows[index] / 10,
            }
            samples.append(
                Sample(
                    database_name=database_name,
                    query_hash=4001 + index,
                    window_start=start,
                    window_end=start + timedelta(hours=1),
                    features=features,
                    calls=1,
                    execution_time_ms=float(time_ms),
                )
            )
    return samples


@pytest.fixture(scope="session")
def history():
    """The function that makes samples up."""
    return made_up


@pytest.fixture
def load(app, client):
    """A function that keeps samples in the client's transaction."""

    def load(samples):
        with app.app_context():
            session = app.extensions["sqlalchemy"].session
            Samples(session).add(samples, "import")
            session.commit()

    return load


@pytest.fixture(scope="session")
def trained():
    """A decision tree that learnt from the made-up history."""
    samples = made_up()
    learnt = History(
        query_hash=np.array([sample.query_hash for sample in samples]),
        window_start=np.array([sample.window_start.timestamp() for sample in samples]),
        features=np.array(
            [[_number(sample.features.get(name)) for name in NAMES] for sample in samples], dtype=float
        ),
        execution_time_ms=np.array([sample.execution_time_ms for sample in samples]),
    )
    return train(learnt, "decision_tree", TrainingOptions(), lambda *_: None)


def _number(value):
    return np.nan if value is None else value


@pytest.fixture(scope="session")
def model_row(trained):
    """A function that gives the trained model's row for a job."""
    return lambda job_id="a job": new_model(trained, job_id)


def new_model(trained, job_id="a job"):
    """The row of a trained model."""
    artifact = trained.dumps()
    report = dict(trained.report)
    return NewModel(
        job_id=job_id,
        database_name="pganalytics",
        lookback_days=30,
        model_type="decision_tree",
        training_samples=300,
        last_sample_id=0,
        r_squared=report["r_squared"],
        rmse=report["rmse"],
        mae=report["mae"],
        library_versions=report.pop("library_versions"),
        report=report,
        artifact=artifact,
        artifact_sha256=hashlib.sha256(artifact).hexdigest(),
    )


@pytest.fixture
def keep_model(app, client, trained):
    """A function that keeps the trained model under the next number, in the client's transaction."""

    def keep(*, active=True):
        with app.app_context():
            session = app.extensions["sqlalchemy"].session
            models = PerformanceModels(session)
            model_id = models.add(new_model(trained, f"job {models.count()}"))
            if active:
                models.activate(model_id, "a test", None)
            session.commit()
        return model_id

    return keep
