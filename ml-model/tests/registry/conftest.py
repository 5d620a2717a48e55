import json
from io import BytesIO

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression

BODY = {
    "endpoint_name": "wine",
    "algorithm_name": "classifier",
    "owner": "Ada",
    "algorithm_description": "tells cultivars apart",
    "algorithm_code": "wine.py",
    "source": {"trained": True},
}
OPSETS = {"": 18, "ai.onnx.ml": 3}


@pytest.fixture
def train(client, load):
    """A function that deploys a model and trains it on wine."""
    loaded = []

    def train(name="LogisticRegression", hyperparameters=None, **more):
        if not loaded:
            load("training")
            loaded.append(True)
        body = {"model_name": name, "hyperparameters": hyperparameters or {}, **more}
        assert client.post("/root/ml/set_model", json=body).status_code == 200
        response = client.post("/root/ml", json={"dataset": "training"})
        assert response.status_code == 200, response.text
        return response.get_json()["data"]["model_version"]

    return train


@pytest.fixture
def register(client):
    """A function that registers a model and gives the answer."""

    def register(**changes):
        return client.post("/api/v1/mlalgorithms", json=BODY | changes)

    return register


@pytest.fixture
def two_versions(train, register):
    """Two versions of different models at one endpoint: the first in production, the second in testing."""
    train("LogisticRegression", {"C": 0.1})
    first = register(algorithm_status="production").get_json()
    train("LogisticRegression", {"C": 10.0})
    second = register().get_json()
    assert (first["number"], second["number"]) == (1, 2)
    return first, second


@pytest.fixture
def set_status(client):
    def set_status(algorithm, status, **more):
        body = {"parent_mlalgorithm": algorithm["id"], "status": status, "created_by": "Bob", **more}
        return client.post("/api/v1/mlalgorithmstatuses", json=body)

    return set_status


@pytest.fixture
def status_of(client):
    def status_of(algorithm):
        return client.get(f"/api/v1/mlalgorithms/{algorithm['id']}").get_json()["status"]

    return status_of


@pytest.fixture(scope="session")
def wine_onnx(wine_sets):
    """A classifier of wine as its library writes it, and the classifier."""
    features, target = wine_sets["training"]
    model = LogisticRegression(max_iter=10_000).fit(features.to_numpy(), target)
    types = [("X", FloatTensorType([None, features.shape[1]]))]
    options = {id(model): {"zipmap": False}}
    graph = to_onnx(model, initial_types=types, target_opset=OPSETS, options=options)
    return graph.SerializeToString(), model


@pytest.fixture
def linear_graph():
    """A function that writes a graph which multiplies a matrix of `inputs` columns by ones."""

    def linear_graph(inputs, outputs=1, rows=None, domain="", external=False):
        weights = numpy_helper.from_array(np.ones((inputs, outputs), dtype=np.float32), "weights")
        if external:
            weights.data_location = TensorProto.EXTERNAL
            weights.external_data.add(key="location", value="elsewhere.bin")
            weights.ClearField("raw_data")
        node = helper.make_node("MatMul", ["X", "weights"], ["Y"], domain=domain)
        graph = helper.make_graph(
            [node],
            "linear",
            [helper.make_tensor_value_info("X", TensorProto.FLOAT, [rows, inputs])],
            [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [rows, outputs])],
            [weights],
        )
        opsets = [helper.make_opsetid("", 18)]
        if domain:
            opsets.append(helper.make_opsetid(domain, 1))
        return helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()

    return linear_graph


@pytest.fixture
def upload(client):
    """A function that sends a file with form fields and gives the answer."""

    def upload(content, features, classes=None, **fields):
        form = {
            "endpoint_name": "uploaded",
            "algorithm_name": "graph",
            "owner": "Ada",
            "features": features if isinstance(features, str) else json.dumps(features),
            "file": (BytesIO(content), "model.onnx"),
            **fields,
        }
        if classes is not None:
            form["classes"] = classes if isinstance(classes, str) else json.dumps(classes)
        return client.post("/api/v1/mlalgorithms/onnx", data=form, content_type="multipart/form-data")

    return upload
