import math

import pytest

from ml_model.serving.signature import Field, InputRefused, InvalidSignature, Signature

PLAIN = Signature((Field("a"), Field("b")), (0, 1), imputes=False)
FILLING = Signature((Field("a"), Field("b")), (0, 1), imputes=True)
MIXED = Signature(
    (
        Field("count", "integer"),
        Field("flag", "boolean"),
        Field("colour", "category", categories=("red",)),
        Field("size", minimum=0.0, maximum=10.0),
    ),
    ("no", "yes"),
    imputes=False,
)
BOUNDED = Signature(MIXED.fields, MIXED.classes, imputes=False, bounds_enforced=True)
GOOD = {"count": 3, "flag": True, "colour": "red", "size": 2.5}


def faults(signature, values):
    with pytest.raises(InputRefused) as refused:
        signature.row(values)
    return {(fault.field, fault.type) for fault in refused.value.faults}


def test_values_come_into_the_models_order():
    assert PLAIN.row({"b": 2, "a": 1.5}) == [1.5, 2.0]
    assert MIXED.row(dict(reversed(GOOD.items()))) == [3.0, 1.0, "red", 2.5]
    assert Signature((Field("a"),), None, imputes=False).row({"a": 1}) == [1.0]


def test_what_is_missing_is_nan_only_where_the_model_fills_it():
    row = FILLING.row({"b": None})
    assert math.isnan(row[0])
    assert math.isnan(row[1])
    assert faults(PLAIN, {"b": None}) == {("a", "missing"), ("b", "missing")}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": 1, "b": 2, "c": 3}, {("c", "unknown")}),
        ({"a": 1, "c": 3}, {("b", "missing"), ("c", "unknown")}),
        ({"a": True, "b": "2"}, {("a", "wrong_type"), ("b", "wrong_type")}),
        ({"a": math.nan, "b": -math.inf}, {("a", "not_finite"), ("b", "not_finite")}),
        ({"a": 10**400, "b": [1]}, {("a", "out_of_range"), ("b", "wrong_type")}),
        ({"a": 10**400, "b": -(10**400)}, {("a", "out_of_range"), ("b", "out_of_range")}),
        ({"a": math.inf, "b": -math.inf}, {("a", "not_finite"), ("b", "not_finite")}),
    ],
)
def test_every_fault_is_named(values, expected):
    assert faults(PLAIN, values) == expected


def test_numbers_whose_sum_overflows_are_fine():
    assert PLAIN.row({"a": 1.7e308, "b": 1.7e308}) == [1.7e308, 1.7e308]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"count": 1.5}, {("count", "wrong_type")}),
        ({"count": 2**53 + 2}, {("count", "out_of_range")}),
        ({"flag": 2}, {("flag", "wrong_type")}),
        ({"flag": "true"}, {("flag", "wrong_type")}),
        ({"colour": 1}, {("colour", "wrong_type")}),
    ],
)
def test_kinds_are_checked(changes, expected):
    assert faults(MIXED, GOOD | changes) == expected


def test_ranges_and_categories_are_limits_only_where_they_are_said_to_be():
    outside = {"size": 11, "colour": "blue"}
    assert MIXED.row(GOOD | outside)[3] == 11.0
    assert faults(BOUNDED, GOOD | outside) == {("size", "out_of_range"), ("colour", "out_of_range")}


def test_many_faults_are_cut():
    with pytest.raises(InputRefused) as refused:
        PLAIN.row({f"x{number}": 1 for number in range(100_000)})
    assert len(refused.value.faults) == 50


@pytest.mark.parametrize("signature", [PLAIN, FILLING, MIXED, BOUNDED])
def test_a_signature_survives_its_document(signature):
    assert Signature.read(signature.document()) == signature


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"fields": [], "classes": None, "imputes": False},
        {"fields": [{"name": "a", "kind": "x"}], "classes": [1]},
    ],
)
def test_a_document_that_is_none(document):
    with pytest.raises(InvalidSignature):
        Signature.read(document)
