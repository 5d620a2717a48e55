"""Images hold what their service needs and little else."""

import json
import subprocess

import pytest

pytestmark = [pytest.mark.containers]

BASE = "python:3.12-slim"
MEGABYTE = 1_000_000
MOST = {
    "simulator": 400,
    "ml-model": 900,
    "tracking": 900,
    "monitoring": 900,
    "predictor": 900,
    "mlflow": 900,
}
STRANGERS = {
    "simulator": ("mlflow", "celery", "evidently", "onnxruntime", "ml_model", "stack"),
    "ml-model": ("evidently", "mapie", "predictor", "simulator", "stack"),
    "tracking": ("evidently", "onnxruntime", "celery", "ml_model", "stack"),
    "monitoring": ("mlflow", "celery", "onnxruntime", "ml_model", "stack"),
    "predictor": ("mlflow", "evidently", "ml_model", "stack"),
    "mlflow": ("tracking", "datasetdb", "evidently", "celery"),
}
FIND = """
import importlib.util, json, shutil, sys
found = [name for name in sys.argv[1:] if importlib.util.find_spec(name)]
print(json.dumps([*found, *(tool for tool in ("gcc", "uv", "curl") if shutil.which(tool))]))
"""


@pytest.mark.parametrize("image", MOST)
def test_an_image_is_small(containers, image):
    names = [f"mlops-microservices/{image}", BASE]
    said = subprocess.run(["docker", "image", "inspect", *names], check=True, capture_output=True, text=True)
    whole, base = (found["Size"] for found in json.loads(said.stdout))
    assert whole - base <= MOST[image] * MEGABYTE


@pytest.mark.parametrize("service", STRANGERS)
def test_an_image_holds_nothing_of_other_services_and_no_tools_of_building(containers, service):
    assert json.loads(containers.execute(service, FIND, *STRANGERS[service]).stdout) == []


@pytest.mark.parametrize("service", STRANGERS)
def test_an_image_says_what_it_is(containers, service):
    labels = containers.inspected(service)[0]["Config"]["Labels"]
    assert labels["org.opencontainers.image.licenses"] == "MIT"
    assert labels["org.opencontainers.image.version"]
