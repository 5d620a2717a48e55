from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from pydantic import SecretStr
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from ml_model.bootstrap import create_app
from ml_model.persistence.model import Algorithm, AlgorithmStatus, Endpoint, ServedRequest
from ml_model.persistence.repository.artifacts import Artifacts, NewArtifact
from ml_model.utils.digest import sha256
from modelcatalogue.storage import dumps

SIGNATURE = {"fields": [{"name": "alcohol"}, {"name": "hue"}], "classes": [0, 1], "imputes": False}
FEATURES = ("alcohol", "hue", "proline")
_NUMBERS = count(1)


class Rows:
    """Writes versions and their requests as the rest of the service would have."""

    def __init__(self, session):
        self._session = session

    def endpoint(self, name="wine", owner="tests"):
        row = insert(Endpoint).values(name=name, owner=owner).returning(Endpoint.endpoint_id)
        return self._session.execute(row).scalar_one()

    def version(self, endpoint_id, status="testing", signature=SIGNATURE, model=None):
        """Add a version; one without a model is not to be asked."""
        number = next(_NUMBERS)
        content = str(number).encode() if model is None else model
        sha = sha256(content)
        Artifacts(self._session).put(NewArtifact(sha, "skops", content))
        values = {
            "endpoint_id": endpoint_id,
            "name": "forest",
            "number": number,
            "version": str(number),
            "description": "",
            "code": "",
            "owner": "tests",
            "source": {},
            "signature": signature,
            "input_example": {"alcohol": 13.0, "hue": 1.0, "proline": 750.0},
            "runtime": {},
            "model_sha256": sha,
        }
        added = insert(Algorithm).values(values).returning(Algorithm.algorithm_id)
        algorithm_id = self._session.execute(added).scalar_one()
        if status is not None:
            self.status(endpoint_id, algorithm_id, status)
        self._session.commit()
        return algorithm_id

    def status(self, endpoint_id, algorithm_id, status):
        values = {"algorithm_id": algorithm_id, "endpoint_id": endpoint_id, "status": status}
        self._session.execute(insert(AlgorithmStatus).values(**values, created_by="tests", reason="tests"))
        self._session.commit()

    def requests(self, endpoint_id, algorithm_id, abtest_id, answers, **others):
        """One row for each pair of response and feedback; feedback None is not known."""
        begin = datetime.now(UTC)
        rows = []
        for place, (response, feedback) in enumerate(answers):
            rows.append(
                {
                    "request_id": f"request-{next(_NUMBERS)}",
                    "algorithm_id": algorithm_id,
                    "endpoint_id": endpoint_id,
                    "purpose": "ab_testing",
                    "abtest_id": abtest_id,
                    "subject": None,
                    "shadow_of": None,
                    "input_data": {"alcohol": 1.0, "hue": 1.0},
                    "response": response,
                    "error": None,
                    "latency_ms": 1.0 + place / 1000,
                    "created_at": begin + timedelta(milliseconds=place),
                    "feedback": feedback,
                    "feedback_at": None if feedback is None else begin,
                }
                | {name: value(place) if callable(value) else value for name, value in others.items()}
            )
        self._session.execute(insert(ServedRequest), rows)
        self._session.commit()
        return [row["request_id"] for row in rows]

    def answered(self, endpoint_id, algorithm_id, abtest_id, right, wrong, **others):
        self.requests(endpoint_id, algorithm_id, abtest_id, [(1, 1)] * right + [(0, 1)] * wrong, **others)

    def history(self, endpoint_id):
        """The statuses of an endpoint, the oldest first."""
        rows = self._session.query(AlgorithmStatus).filter_by(endpoint_id=endpoint_id)
        return rows.order_by(AlgorithmStatus.status_id).all()

    def statuses(self, endpoint_id):
        return {row.algorithm_id: row.status for row in self.history(endpoint_id) if row.active}


@pytest.fixture
def rows(app, client):
    with app.app_context():
        yield Rows(app.extensions["sqlalchemy"].session)


@pytest.fixture
def wine(rows):
    rows.wine = rows.endpoint()
    return rows.wine


@pytest.fixture
def two(rows, wine):
    """A version in production and one in staging."""
    return rows.version(wine, "production"), rows.version(wine, "staging")


@pytest.fixture
def begin(client):
    def begin(*versions, **others):
        body = {"title": "forest", "created_by": "ana"} | others
        if "arms" not in others:
            body |= {f"parent_mlalgorithm_{place}": each for place, each in enumerate(versions, 1)}
        answer = client.post("/api/v1/abtests", json=body)
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()

    return begin


@pytest.fixture
def rows_of():
    return Rows


@pytest.fixture
def serving_app(settings, fresh_url, tmp_path):
    """An app on a database of its own: copies are made in a thread, on another connection."""
    update = {"dataset_database_url": SecretStr(fresh_url), "journal_directory": tmp_path / "journal"}
    app = create_app(settings.model_copy(update=update))
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def serving_client(serving_app):
    return serving_app.test_client()


@pytest.fixture
def serving_rows(fresh_url):
    engine = create_engine(fresh_url)
    with Session(engine) as session:
        yield Rows(session)
    engine.dispose()


@pytest.fixture
def model_of(wine_sets):
    """A function that trains on the features in an order, and gives the model with its signature."""
    features, target = wine_sets["training"]

    def model_of(*, reverse=False, **hyperparameters):
        names = FEATURES[::-1] if reverse else FEATURES
        model = make_pipeline(StandardScaler(), LogisticRegression(**hyperparameters))
        model.fit(features[list(names)].to_numpy(), target)
        signature = {"fields": [{"name": name} for name in names], "classes": [0, 1, 2], "imputes": False}
        return dumps(model), signature

    return model_of


@pytest.fixture
def inputs(wine_sets):
    features, _ = wine_sets["testing"]
    return features[list(FEATURES)].to_dict("records")


@pytest.fixture
def predict(serving_client):
    def predict(values, **query):
        answer = serving_client.post("/api/v1/wine/predict", json=values, query_string=query)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    return predict


@pytest.fixture
def serving(serving_client, serving_rows):
    """A client, a writer of rows and an endpoint, on a database of their own."""
    return serving_client, serving_rows, serving_rows.endpoint()
