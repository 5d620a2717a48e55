"""Bytes behind a request's JSON become the data of its tensors."""

import struct

import numpy as np
import pytest

from ml_model.serving.binary_tensors import with_binary_data
from ml_model.serving.rows import RowsRefused
from ml_model.serving.signature import Field, Signature
from ml_model.serving.tensors import FLOATS, INTEGERS, rows_of

AB = Signature((Field("a"), Field("b")), (0, 1), imputes=False)
TOWN = Signature((Field("town", "category"),), None, imputes=False)


def request(size, datatype="FP64", shape=(1, 2), name="x"):
    parameters = {"binary_data_size": size}
    return {"inputs": [{"name": name, "shape": list(shape), "datatype": datatype, "parameters": parameters}]}


def texts(*values):
    return b"".join(struct.pack("<I", len(value)) + value for value in values)


@pytest.mark.parametrize("datatype", [*FLOATS, *INTEGERS])
def test_every_datatype_is_read_little_endian(datatype):
    raw = np.array([1, 2], dtype=(FLOATS | INTEGERS)[datatype]).astype(
        np.dtype((FLOATS | INTEGERS)[datatype])
    )
    raw = raw.astype(raw.dtype.newbyteorder("<")).tobytes()
    filled = with_binary_data(request(len(raw), datatype), raw)
    assert rows_of(filled["inputs"], AB).tolist() == [[1.0, 2.0]]


def test_truth_and_texts():
    filled = with_binary_data(request(2, "BOOL"), b"\x01\x00")
    assert rows_of(filled["inputs"], AB).tolist() == [[1.0, 0.0]]
    raw = texts("Zürich".encode(), b"Bern")
    filled = with_binary_data(request(len(raw), "BYTES", (2, 1), "town"), raw)
    assert rows_of(filled["inputs"], TOWN) == [["Zürich"], ["Bern"]]


def test_tensors_with_and_without_bytes_may_be_mixed():
    document = request(8, shape=(1,), name="b")
    document["inputs"].insert(0, {"name": "a", "shape": [1], "datatype": "FP64", "data": [1]})
    filled = with_binary_data(document, np.array([2.0]).tobytes())
    assert rows_of(filled["inputs"], AB).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("document", "raw"),
    [
        (request(16), b"1234"),
        (request(8), b"1" * 16),
        (request(-1), b""),
        (request(1.5), b""),
        (request("8"), b"12345678"),
        (request(15), b"1" * 15),
        (request(6, "BYTES"), b"\xff\xff\xff\xff12"),
        (request(2, "BYTES"), b"\x01\x00"),
        (request(5, "BYTES"), b"\x01\x00\x00\x00\xff"),
        (request(5, "BYTES"), b"\x01\x00\x00\x00\x00"),
        ({"inputs": [{"parameters": {"binary_data_size": 8}, "data": [1]}]}, b"1" * 8),
        ({"inputs": []}, b"1"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(document, raw):
    with pytest.raises(RowsRefused):
        with_binary_data(document, raw)


@pytest.mark.parametrize("document", [None, [], {}, {"inputs": 1}, {"inputs": [1, {"parameters": 1}]}])
def test_what_is_no_request_is_left_to_the_reader(document):
    assert with_binary_data(document, b"") == document


def test_an_unknown_datatype_is_named_by_the_reader():
    filled = with_binary_data(request(4, "BF16"), b"1234")
    with pytest.raises(RowsRefused, match="datatype"):
        rows_of(filled["inputs"], AB)
