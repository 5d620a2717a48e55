import subprocess
import sys

import pytest
from pydantic import SecretStr

from ml_model.bootstrap import create_app
from servicekit.testing import assert_error


@pytest.fixture
def cut_off(settings):
    """A client of a service whose database is not there."""
    nowhere = SecretStr("postgresql://nobody:none@127.0.0.1:9/none")
    return create_app(settings.model_copy(update={"dataset_database_url": nowhere})).test_client()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/root/ml", None),
        ("POST", "/root/ml", {"dataset": "training"}),
        ("POST", "/root/ml", {"dataset": "testing"}),
        ("POST", "/root/ml/set_model", {"model_name": "SVC", "hyperparameters": {}}),
    ],
)
def test_without_a_database_every_route_answers_503(cut_off, method, path, body):
    response = cut_off.open(path, method=method, json=body)
    assert_error(response, 503)
    assert int(response.headers["Retry-After"]) > 0


def test_health_asks_nothing_and_readiness_has_a_row_for_each_dependency(cut_off):
    assert cut_off.get("/health").get_json() == {"status": "healthy", "service": "ml-model"}
    response = cut_off.get("/ready")
    assert response.status_code == 503
    assert set(response.get_json()["checks"]) == {"dataset_db", "mlflow"}
    assert "ok" not in response.get_json()["checks"].values()


def test_the_document_names_every_route_and_status(client):
    paths = client.get("/openapi.json").get_json()["paths"]
    assert set(paths["/root/ml"]["post"]["responses"]) == {
        "200",
        "400",
        "404",
        "409",
        "413",
        "415",
        "500",
        "503",
    }
    assert "requestBody" in paths["/root/ml/set_model"]["post"]


def test_starting_imports_no_boosting_library_and_phones_nobody(settings):
    program = (
        "import sys, os; import ml_model.bootstrap;"
        "from mlflow.telemetry import get_telemetry_client;"
        "print([m for m in ('xgboost', 'lightgbm') if m in sys.modules], get_telemetry_client())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "None"]


def test_the_worker_starts_without_the_libraries_that_train_and_log():
    program = (
        "import sys; import ml_model.background, ml_model.worker.__main__;"
        "print([m for m in ('sklearn', 'scipy', 'skops', 'mlflow', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
