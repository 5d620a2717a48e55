import numpy as np
import orjson
import pytest

from ml_model.serving.tensor_json import FEWEST_BYTES, tensor_document

NUMBERS = [0.1, -2.5e-7, 3, 1e300, 9007199254740993, -0.0] * 400


def body(data, **members):
    tensor = {"name": "features", "shape": [len(data)], "datatype": "FP64", "data": data}
    return orjson.dumps({"inputs": [tensor], **members})


def test_numbers_become_an_array_with_the_values_that_json_has():
    raw = body(NUMBERS, id="7", parameters={"subject": "me", "nested": {"a": None}}, outputs=[{"name": "p"}])
    found = tensor_document(raw)
    assert found is not None
    data = found["inputs"][0].pop("data")
    assert data.dtype == np.float64
    np.testing.assert_array_equal(data, np.array(orjson.loads(raw)["inputs"][0]["data"], dtype=np.float64))
    plain = orjson.loads(raw)
    del plain["inputs"][0]["data"]
    assert found == plain


def test_an_array_outlives_the_next_request_of_its_thread():
    first = tensor_document(body(NUMBERS))
    tensor_document(body([7.0] * 2400))
    np.testing.assert_array_equal(first["inputs"][0]["data"][:2], NUMBERS[:2])


@pytest.mark.parametrize(
    "raw",
    [
        body([1.0]),
        body([*NUMBERS, None]),
        body([*NUMBERS, True]),
        body([*NUMBERS, "1"]),
        body([[number] for number in NUMBERS]),
        body([*NUMBERS, [1]]),
        body(NUMBERS, parameters={"list": [1]}),
        body(NUMBERS, id="a\\u0000"),
        body(NUMBERS)[:-1],
        body(NUMBERS).replace(b"0.1", b"NaN"),
        body(NUMBERS).replace(b"0.1", b"1e999"),
        body(NUMBERS).replace(b"0.1", b"9" * 40),
        body(NUMBERS).replace(b'"data"', b'"other"'),
        body(NUMBERS).replace(b'"inputs"', b'"other"'),
        b"[" + body(NUMBERS) + b"]",
        b'{"inputs": ' + b" " * FEWEST_BYTES + b"7}",
        b"x" * FEWEST_BYTES,
    ],
    ids=lambda raw: raw[-60:].decode(errors="replace"),
)
def test_every_other_request_is_left_to_the_other_way(raw):
    assert tensor_document(raw) is None
