from hashlib import sha256
from itertools import count

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from ml_model.persistence.model import Algorithm, AlgorithmStatus, Artifact, Endpoint
from ml_model.serving.signature import Field, Signature
from modelcatalogue.storage import dumps

_NUMBERS = count(1)


class Registered:
    """Puts pipelines behind endpoints as registering them would."""

    def __init__(self, app):
        self._session = app.extensions["sqlalchemy"].session

    def version(self, endpoint, model, status="production", name="classifier", version=None):
        pipeline, signature = model
        content, number = dumps(pipeline), next(_NUMBERS)
        digest = sha256(content).hexdigest()
        artifact = {"sha256": digest, "format": "skops", "size_bytes": len(content), "content": content}
        self._session.execute(upsert(Artifact).values(artifact).on_conflict_do_nothing())
        values = {
            "endpoint_id": self._endpoint(endpoint),
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
        algorithm_id = self._session.execute(added).scalar_one()
        if status is not None:
            row = {"algorithm_id": algorithm_id, "endpoint_id": values["endpoint_id"], "status": status}
            self._session.execute(insert(AlgorithmStatus).values(**row, created_by="tests", reason="tests"))
        self._session.commit()
        return values["version"]

    def _endpoint(self, name):
        known = self._session.execute(select(Endpoint.endpoint_id).where(Endpoint.name == name)).scalar()
        if known is not None:
            return known
        added = insert(Endpoint).values(name=name, owner="tests").returning(Endpoint.endpoint_id)
        return self._session.execute(added).scalar_one()


@pytest.fixture
def registered(app, client):
    with app.app_context():
        yield Registered(app)


@pytest.fixture
def registering():
    """What registers models in an app's database, for apps of one's own."""
    return Registered


@pytest.fixture(scope="session")
def wine_model(wine_sets):
    """A pipeline that imputes, its signature, and rows with the answers that it must give."""
    features, target = wine_sets["training"]
    steps = SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000)
    pipeline = make_pipeline(*steps).fit(features.to_numpy(), target)
    fields = tuple(Field(name) for name in features.columns)
    return pipeline, Signature(fields, (0, 1, 2), imputes=True)


@pytest.fixture(scope="session")
def strict_model(wine_sets):
    """A pipeline that takes two numbers and imputes nothing; its labels are texts."""
    features, target = wine_sets["training"]
    names = list(features.columns[:2])
    labels = np.array(["zero", "one", "two"])[target]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(features[names].to_numpy(), labels)
    classes = tuple(pipeline.classes_.tolist())
    return pipeline, Signature(tuple(Field(name) for name in names), classes, imputes=False)


@pytest.fixture(scope="session")
def town_model():
    """A pipeline with a category among its features."""
    table = pd.DataFrame({"age": [20, 30, 40, 50], "town": ["Bern", "Oslo", "Bern", "Oslo"]})
    encoding = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town"]), remainder="passthrough"
    )
    pipeline = make_pipeline(encoding, LogisticRegression()).fit(table, [0, 1, 0, 1])
    fields = (Field("age", "integer"), Field("town", "category", categories=("Bern", "Oslo")))
    return pipeline, Signature(fields, (0, 1), imputes=False)


@pytest.fixture
def wine(registered, wine_model):
    """The endpoint `wine` with one version in production."""
    return registered.version("wine", wine_model, version="1")


@pytest.fixture(scope="session")
def production(wine_sets):
    """Rows with missing values, as the production set has them."""
    return wine_sets["production"][0]
