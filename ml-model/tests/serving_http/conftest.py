from contextlib import contextmanager
from hashlib import sha256
from itertools import count

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from ml_model.bootstrap import create_app
from ml_model.persistence.model import Algorithm, AlgorithmStatus, Artifact, Endpoint
from ml_model.serving.signature import Field, Signature
from modelcatalogue.storage import dumps
from servicekit.generation import Generation
from servicekit.testing import rolled_back

JSON = "application/json"
A_DAY = 86_400
_NUMBERS = count(1)


class Served:
    """An app, the versions that it serves, and by which way requests went."""

    def __init__(self, app, journal):
        self._app = app
        self._generation = Generation(journal / "routes.generation")
        self.ways = []
        app.before_request(lambda: self.ways.append("flask"))
        self.client = app.test_client()

    @property
    def engine(self):
        with self._app.app_context():
            return self._app.extensions["sqlalchemy"].engine

    def another_client(self):
        return self._app.test_client()

    def predict(self, endpoint, row, **query):
        return self.client.post(f"/api/v1/{endpoint}/predict", json=row, query_string=query)

    def send(self, endpoint, body, content_type=JSON, **more):
        return self.client.post(f"/api/v1/{endpoint}/predict", data=body, content_type=content_type, **more)

    def request(self, request_id):
        return self.client.get(f"/api/v1/mlrequests/{request_id}")

    def feedback(self, request_id, **body):
        return self.client.put(f"/api/v1/mlrequests/{request_id}", json=body)

    def taken_by(self, send):
        """Send a request; return its answer and whether a lane took it."""
        self.ways.clear()
        response = send()
        return response, "lane" if not self.ways else "flask"

    def version(self, endpoint, model, status="production", name="classifier", version=None):
        """Add a version as registering it would; return its id."""
        pipeline, signature = model
        content = dumps(pipeline)
        digest = sha256(content).hexdigest()
        artifact = {"sha256": digest, "format": "skops", "size_bytes": len(content), "content": content}
        with self._app.app_context():
            session = self._app.extensions["sqlalchemy"].session
            session.execute(upsert(Artifact).values(artifact).on_conflict_do_nothing())
            endpoint_id = _endpoint(session, endpoint)
            number = next(_NUMBERS)
            values = {
                "endpoint_id": endpoint_id,
                "name": name,
                "number": number,
                "version": version or str(number),
                "description": "",
                "code": "",
                "owner": "tests",
                "source": {},
                "signature": signature.document(),
                "input_example": {},
                "runtime": {},
                "model_sha256": digest,
            }
            added = insert(Algorithm).values(values).returning(Algorithm.algorithm_id)
            algorithm_id = session.execute(added).scalar_one()
            if status is not None:
                row = {"algorithm_id": algorithm_id, "endpoint_id": endpoint_id, "status": status}
                session.execute(insert(AlgorithmStatus).values(**row, created_by="tests", reason="tests"))
            session.commit()
        self._generation.advance()
        return algorithm_id


def _endpoint(session, name):
    known = session.execute(select(Endpoint.endpoint_id).where(Endpoint.name == name)).scalar()
    if known is not None:
        return known
    added = insert(Endpoint).values(name=name, owner="tests").returning(Endpoint.endpoint_id)
    return session.execute(added).scalar_one()


@contextmanager
def serving(settings, journal, **changes):
    changes = {"journal_directory": journal, "routes_most_seconds": A_DAY, **changes}
    app = create_app(settings.model_copy(update=changes))
    with rolled_back(app):
        yield Served(app, journal)


@pytest.fixture(scope="session")
def served_by():
    """What drives an app of one's own."""
    return Served


@pytest.fixture
def served(settings, tmp_path):
    """An app of the test's own."""
    with serving(settings, tmp_path / "journal") as found:
        yield found


@pytest.fixture
def serving_with(settings, tmp_path):
    """A context in which an app with other settings serves."""

    def serving_with(**changes):
        return serving(settings, tmp_path / "journal", **changes)

    return serving_with


@pytest.fixture(scope="module")
def shared(settings, tmp_path_factory, wine_model, strict_model, kinds_model):
    """One app for a module's tests, with the endpoints `wine` (imputes), `strict` and `kinds`."""
    with serving(settings, tmp_path_factory.mktemp("journal")) as found:
        found.version("wine", wine_model)
        found.version("strict", strict_model)
        found.version("kinds", kinds_model)
        yield found


@pytest.fixture(scope="session")
def wine_model(wine_sets):
    """A pipeline that imputes, and its signature."""
    features, target = wine_sets["training"]
    steps = SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000)
    pipeline = make_pipeline(*steps).fit(features.to_numpy(), target)
    return pipeline, Signature(tuple(Field(name) for name in features.columns), (0, 1, 2), imputes=True)


@pytest.fixture(scope="session")
def wine_row(wine_sets):
    return wine_sets["training"][0].iloc[0].to_dict()


@pytest.fixture(scope="session")
def strict_model(wine_sets):
    """A pipeline that takes two numbers and imputes nothing; its labels are texts."""
    features, target = wine_sets["training"]
    columns = features[["alcohol", "hue"]].to_numpy()
    labels = np.array(["zero", "one", "two"])[target]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(columns, labels)
    fields = (Field("alcohol"), Field("hue"))
    return pipeline, Signature(fields, tuple(pipeline.classes_.tolist()), imputes=False)


@pytest.fixture(scope="session")
def regression_model(wine_sets):
    """A pipeline that foretells a number, and its signature."""
    features, _ = wine_sets["training"]
    columns = features[["alcohol", "hue"]].to_numpy()
    pipeline = make_pipeline(StandardScaler(), LinearRegression()).fit(columns, features["proline"])
    return pipeline, Signature((Field("alcohol"), Field("hue")), None, imputes=False)


@pytest.fixture(scope="session")
def kinds_model():
    """A pipeline of an integer, a truth value and a category; its labels are true and false."""
    table = pd.DataFrame(
        {"age": [20, 30, 40, 50], "member": [0.0, 1.0, 0.0, 1.0], "town": ["Bern", "Oslo", "Bern", "Oslo"]}
    )
    encoding = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town"]), remainder="passthrough"
    )
    pipeline = make_pipeline(encoding, LogisticRegression()).fit(table, [False, True, False, True])
    fields = (
        Field("age", "integer"),
        Field("member", "boolean"),
        Field("town", "category", categories=("Bern", "Oslo")),
    )
    return pipeline, Signature(fields, (False, True), imputes=False)
