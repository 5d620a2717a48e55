"""MLflow's own client talks to the service unchanged, over a socket."""

import importlib.metadata
import threading

import numpy as np
import pytest
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from pydantic import SecretStr
from werkzeug.serving import make_server

from ml_model.bootstrap import create_app


@pytest.fixture
def scoring(settings, fresh_url, registering, wine_model):
    """A client of a running service with the endpoint `wine`."""
    app = create_app(settings.model_copy(update={"dataset_database_url": SecretStr(fresh_url)}))
    with app.app_context():
        registering(app).version("wine", wine_model)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield ScoringServerClient("127.0.0.1", server.port)
    server.shutdown()
    thread.join()


def test_mlflows_client_waits_asks_and_gets_predictions(scoring, wine_model, production):
    scoring.wait_server_ready(timeout=10)
    assert scoring.get_version() == importlib.metadata.version("mlflow-skinny")
    expected = wine_model[0].predict(production.to_numpy()).tolist()
    assert scoring.invoke(production).get_predictions()[0].tolist() == expected
    assert scoring.invoke(production.to_numpy(dtype=np.float64)).get_predictions()[0].tolist() == expected
