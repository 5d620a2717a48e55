"""What a model gives becomes tensors, and its signature their description."""

import numpy as np
import pytest

from ml_model.serving.signature import Field, Signature
from ml_model.serving.tensor_answers import example_row, input_metadata, output_metadata, outputs_of

MIXED = Signature(
    (Field("height", minimum=1.5, maximum=2.0), Field("age", "integer"), Field("member", "boolean")),
    (0, 1),
    imputes=True,
)
TOWNS = Signature(
    (Field("age", "integer"), Field("town", "category", categories=("Bern",))), None, imputes=False
)


@pytest.mark.parametrize(
    ("labels", "datatype", "data"),
    [
        ([0, 2], "INT64", [0, 2]),
        ([0.5, 2], "FP64", [0.5, 2]),
        ([True, False], "BOOL", [True, False]),
        (["a", "b"], "BYTES", ["a", "b"]),
        (["a", 1], "BYTES", ["a", "1"]),
    ],
)
def test_labels_have_the_datatype_of_their_values(labels, datatype, data):
    told = outputs_of(labels, None)
    assert list(told) == ["predict"]
    assert told["predict"] == {"name": "predict", "shape": [2], "datatype": datatype, "data": data}


def test_probabilities_are_flat_and_row_major():
    told = outputs_of([0, 1], np.asfortranarray([[0.9, 0.1], [0.2, 0.8]]))["probabilities"]
    assert told["data"].tolist() == [0.9, 0.1, 0.2, 0.8]
    assert (told["shape"], told["datatype"]) == ([2, 2], "FP64")


def test_metadata_follows_the_signature():
    inputs = input_metadata(MIXED)
    assert [each["datatype"] for each in inputs] == ["FP64", "INT64", "BOOL"]
    assert inputs[0]["parameters"] == {"optional": True, "minimum": 1.5, "maximum": 2.0}
    assert [each["name"] for each in output_metadata(MIXED, with_probabilities=True)] == [
        "predict",
        "probabilities",
    ]
    assert [each["name"] for each in output_metadata(MIXED, with_probabilities=False)] == ["predict"]
    assert output_metadata(TOWNS, with_probabilities=True)[0]["datatype"] == "FP64"


def test_an_example_fits_its_signature():
    assert example_row(MIXED).tolist() == [[1.5, 0.0, 0.0]]
    assert example_row(TOWNS) == [[0.0, "Bern"]]
