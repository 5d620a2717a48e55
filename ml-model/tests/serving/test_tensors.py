"""Tensors of the Open Inference Protocol become rows of a model, or a fault that says where."""

import math

import numpy as np
import pytest

from ml_model.serving.rows import RowsRefused
from ml_model.serving.signature import Field, Signature
from ml_model.serving.tensors import DATATYPES, rows_of

AB = Signature((Field("a"), Field("b")), (0, 1), imputes=False)
IMPUTING = Signature((Field("a"), Field("b")), (0, 1), imputes=True)
KINDS = Signature((Field("age", "integer"), Field("member", "boolean"), Field("height")), None, imputes=True)
TOWNS = Signature((Field("age", "integer"), Field("town", "category")), ("no", "yes"), imputes=False)
BOUND = Signature((Field("a", minimum=0.0, maximum=1.0),), None, imputes=True, bounds_enforced=True)


def tensor(data, shape, datatype="FP64", name="x", **more):
    return {"name": name, "shape": shape, "datatype": datatype, "data": data, **more}


def refused(inputs, signature=AB):
    with pytest.raises(RowsRefused) as caught:
        rows_of(inputs, signature)
    return caught.value.faults


@pytest.mark.parametrize("datatype", [each for each in DATATYPES if each not in {"BOOL", "BYTES"}])
def test_every_numeric_datatype_flat_and_nested(datatype):
    expected = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    for data in ([1, 2, 3, 4, 5, 6], [[1, 2], [3, 4], [5, 6]]):
        assert rows_of([tensor(data, [3, 2], datatype)], AB).tolist() == expected


def test_truth_is_one_or_zero():
    assert rows_of([tensor([True, False], [1, 2], "BOOL")], AB).tolist() == [[1.0, 0.0]]


def test_floats_are_as_exact_as_their_datatype():
    assert rows_of([tensor([0.1, 1e300], [1, 2])], AB).tolist() == [[0.1, 1e300]]
    assert rows_of([tensor([0.1, 1.5], [1, 2], "FP32")], AB).tolist() == [[float(np.float32(0.1)), 1.5]]


def test_named_columns_come_in_any_order_and_shape():
    inputs = [tensor([3, 4], [2], "INT32", "b"), tensor([[1.5], [2.5]], [2, 1], "FP64", "a")]
    assert rows_of(inputs, AB).tolist() == [[1.5, 3.0], [2.5, 4.0]]


def test_null_and_missing_columns_are_imputed_where_the_model_does():
    rows = rows_of([tensor([1, None], [2], name="a")], IMPUTING)
    assert rows[0, 0] == 1
    assert np.isnan(rows[1, 0])
    assert np.isnan(rows[:, 1]).all()
    assert refused([tensor([1, None], [1, 2])])[0].type == "missing"
    assert [fault.field for fault in refused([tensor([1], [1], name="a")])] == ["b"]


def test_kinds_are_checked_in_a_matrix():
    assert rows_of([tensor([30, 1, 1.8], [1, 3])], KINDS).tolist() == [[30.0, 1.0, 1.8]]
    faults = refused([tensor([30, 1, 1.8, 30.5, 2, 1.8], [2, 3])], KINDS)
    assert [(fault.row, fault.field) for fault in faults] == [(1, "age"), (1, "member")]
    assert refused([tensor([2.0**60, 1, 1], [1, 3])], KINDS)[0].field == "age"


def test_enforced_bounds_are_checked_in_a_matrix():
    assert rows_of([tensor([0, None, 1], [3, 1])], BOUND).shape == (3, 1)
    fault = refused([tensor([0.5, 1.5], [2, 1])], BOUND)[0]
    assert (fault.row, fault.field, fault.type) == (1, "a", "out_of_range")


def test_texts_and_numbers_side_by_side():
    inputs = [tensor([30, 40], [2], "INT64", "age"), tensor(["Bern", "Oslo"], [2], "BYTES", "town")]
    assert rows_of(inputs, TOWNS) == [[30.0, "Bern"], [40.0, "Oslo"]]
    fault = refused([tensor([30], [1], "INT64", "age"), tensor([1], [1], "INT64", "town")], TOWNS)[0]
    assert (fault.field, fault.type) == ("town", "wrong_type")


@pytest.mark.parametrize(
    ("inputs", "field", "mentions"),
    [
        ([], "inputs", "one or more"),
        (None, "inputs", "one or more"),
        ([1], "inputs[0]", "object"),
        ([{}], "inputs[0].name", "missing"),
        ([tensor([1, 2], [1, 2], name=3)], "inputs[0].name", "text"),
        ([tensor([1, 2], [1, 2], "FP63")], "inputs[0].datatype", "FP64"),
        ([tensor([1, 2], [1, 2], "BF16")], "inputs[0].datatype", "FP64"),
        ([tensor([1, 2], [1, 2], ["FP64"])], "inputs[0].datatype", "FP64"),
        ([tensor([1, 2], "1,2")], "inputs[0].shape", "whole numbers"),
        ([tensor([1, 2], [1, 2.0])], "inputs[0].shape", "whole numbers"),
        ([tensor([1, 2], [True, 2])], "inputs[0].shape", "whole numbers"),
        ([tensor([1, 2], [-1, 2])], "inputs[0].shape", "1 or more"),
        ([tensor([], [0, 2])], "inputs[0].shape", "1 or more"),
        ([tensor([1, 2], [])], "inputs[0].shape", "dimensions"),
        ([tensor([1, 2], [1, 1, 2])], "inputs[0].shape", "dimensions"),
        ([tensor([1, 2, 3], [1, 2])], "inputs[0].data", "has 3 elements"),
        ([tensor([1, 2], [2**62, 2**62])], "inputs[0].data", "needs"),
        ([tensor([1, 2, 3], [1, 3])], "inputs[0]", "[n, 2]"),
        ([tensor([1] * 100_000, [1, 100_000])], "inputs[0]", "[n, 2]"),
        ([tensor([1, 2], [2])], "inputs[0]", "[n, 2]"),
        ([tensor([[1, 2], [3]], [2, 2])], "inputs[0].data", "nested"),
        ([tensor([[1, 2], 3], [2, 2])], "inputs[0].data", "nested"),
        ([tensor([[[1]], [[2]]], [1, 2])], "inputs[0].data", "nested"),
        ([tensor([1, [2]], [1, 2])], "inputs[0].data", "numbers"),
        ([tensor(["1", "2"], [1, 2])], "inputs[0].data", "numbers"),
        ([tensor([1, True], [1, 2])], "inputs[0].data", "numbers"),
        ([tensor([1, {}], [1, 2])], "inputs[0].data", "numbers"),
        ([tensor([1, 0], [1, 2], "BYTES")], "inputs[0].data", "text"),
        ([tensor(["1", "2"], [1, 2], "BYTES")], "a", "number"),
        ([tensor([2, 1], [1, 2], "BOOL")], "inputs[0].data", "between 0 and 1"),
        ([tensor(["true", False], [1, 2], "BOOL")], "inputs[0].data", "true or false"),
        ([tensor([1.5, 2], [1, 2], "INT64")], "inputs[0].data", "whole numbers"),
        ([tensor([128, 2], [1, 2], "INT8")], "inputs[0].data", "between -128 and 127"),
        ([tensor([-1, 2], [1, 2], "UINT64")], "inputs[0].data", "between 0"),
        ([tensor([1e39, 2], [1, 2], "FP32")], "a", "finite"),
        ([tensor([10**400, 2], [1, 2])], "inputs[0].data", "too large"),
        ([tensor("12", [1, 2])], "inputs[0].data", "list"),
        ([tensor(None, [1, 2])], "inputs[0].data", "list"),
        ([tensor([1, 2], [1, 2], parameters=[])], "inputs[0].parameters", "object"),
        (
            [tensor([1, 2], [1, 2], parameters={"content_type": "base64"})],
            "inputs[0].parameters.content_type",
            "np",
        ),
        ([tensor([1], [1], name="a"), tensor([1], [1], name="c")], "c", "no feature"),
        ([tensor([1], [1], name="a"), tensor([1], [1], name="a")], "columns", "more than once"),
        ([tensor([1], [1], name="a"), tensor([1, 2], [2], name="b")], "inputs[1]", "2 rows"),
        ([tensor([1], [1], name="a"), tensor([1, 2], [1, 2], name="b")], "inputs[1]", "[n, 1]"),
    ],
)
def test_a_fault_names_its_place(inputs, field, mentions):
    first = refused(inputs)[0]
    assert first.field == field
    assert mentions in first.reason


def test_infinity_and_nan_are_no_values_but_nan_is_missing():
    assert refused([tensor(np.array([1.0, np.inf]), [1, 2])])[0].type == "not_finite"
    assert refused([tensor(np.array([1.0, np.nan]), [1, 2])])[0].type == "missing"
    assert math.isnan(rows_of([tensor(np.array([1.0, np.nan]), [1, 2])], IMPUTING)[0, 1])


@pytest.mark.parametrize("hint", ["np", "pd", "str"])
def test_hints_of_mlservers_clients_change_nothing(hint):
    given = [tensor([1, 2], [1, 2], parameters={"content_type": hint, "other": 1})]
    assert rows_of(given, AB).tolist() == [[1.0, 2.0]]


def test_only_the_first_faults_are_told():
    assert len(refused([tensor([None] * 2000, [1000, 2])])) == 50
