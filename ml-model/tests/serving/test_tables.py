"""MLflow's forms of a table become rows of a model, or a fault that says where."""

import json

import numpy as np
import pytest

from ml_model.serving.rows import RowsRefused
from ml_model.serving.signature import Field, Signature
from ml_model.serving.tables import rows_of_csv, rows_of_document

AB = Signature((Field("a"), Field("b")), (0, 1), imputes=False)
IMPUTING = Signature((Field("a"), Field("b")), (0, 1), imputes=True)
TOWNS = Signature((Field("age", "integer"), Field("town", "category")), None, imputes=False)
FLAGS = Signature((Field("a"), Field("flag", "boolean")), None, imputes=False)

ROWS = [[1.0, 2.0], [3.5, 4.0]]


@pytest.mark.parametrize(
    "document",
    [
        {"dataframe_split": {"columns": ["a", "b"], "data": ROWS}},
        {"dataframe_split": {"index": [0, 1], "columns": ["b", "a"], "data": [[2, 1], [4, 3.5]]}},
        {"dataframe_split": {"data": ROWS}},
        {"dataframe_records": [{"a": 1, "b": 2}, {"b": 4, "a": 3.5}]},
        {"instances": ROWS},
        {"instances": [{"a": 1, "b": 2}, {"a": 3.5, "b": 4}]},
        {"inputs": ROWS},
        {"inputs": {"a": [1, 3.5], "b": [2, 4]}},
        {"inputs": {"a": [[1], [3.5]], "b": [2, 4]}},
        {"inputs": [{"a": 1, "b": 2}, {"a": 3.5, "b": 4}], "params": {}},
        {"instances": ROWS, "params": None},
    ],
    ids=json.dumps,
)
def test_every_form_gives_the_same_rows(document):
    assert rows_of_document(document, AB).tolist() == ROWS


def test_one_row_of_named_values():
    assert rows_of_document({"inputs": {"a": 1, "b": 2}}, AB).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    "document",
    [
        {"dataframe_split": {"columns": ["a", "b"], "data": [[1, None]]}},
        {"dataframe_split": {"columns": ["a"], "data": [[1]]}},
        {"dataframe_records": [{"a": 1}]},
        {"instances": [[1, None]]},
        {"inputs": {"a": [1]}},
    ],
    ids=json.dumps,
)
def test_what_is_missing_is_imputed_where_the_model_does(document):
    rows = rows_of_document(document, IMPUTING)
    assert rows[0, 0] == 1
    assert np.isnan(rows[0, 1])
    with pytest.raises(RowsRefused, match="b: is missing"):
        rows_of_document(document, AB)


def test_texts_and_truths_have_their_place():
    records = [{"town": "Bern", "age": 30}]
    assert rows_of_document({"dataframe_records": records}, TOWNS) == [[30.0, "Bern"]]
    split = {"columns": ["town", "age"], "data": [["Bern", 30]]}
    assert rows_of_document({"dataframe_split": split}, TOWNS) == [[30.0, "Bern"]]
    assert rows_of_document({"inputs": [[1.5, True]]}, FLAGS).tolist() == [[1.5, 1.0]]
    assert rows_of_csv(b"town,age\n007,30\n", TOWNS) == [[30.0, "007"]]
    assert rows_of_csv(b"a,flag\n1,True\n2,0\n", FLAGS).tolist() == [[1.0, 1.0], [2.0, 0.0]]


@pytest.mark.parametrize(
    ("document", "mentions"),
    [
        (None, "object"),
        ([], "object"),
        ({}, "dataframe_split"),
        ({"columns": ["a"], "data": [[1]]}, "dataframe_split"),
        ({"instances": ROWS, "inputs": ROWS}, "one of these"),
        ({"instances": ROWS, "other": 1}, "one of these"),
        ({"instances": ROWS, "params": {"a": 1}}, "params"),
        ({"instances": []}, "one or more rows"),
        ({"instances": "x"}, "one or more rows"),
        ({"instances": [1, 2]}, "2 values"),
        ({"instances": [[1, 2], [3]]}, "2 values"),
        ({"instances": [[1, 2, 3]]}, "2 values"),
        ({"instances": [[1, "2"]]}, "b: must be a number"),
        ({"instances": [[1, True]]}, "b: must be a number"),
        ({"instances": [[1, [2]]]}, "b: must be a number"),
        ({"instances": [{"a": 1, "b": 2}, [1, 2]]}, "object"),
        ({"instances": [[10**400, 1]]}, "a: is too large"),
        ({"inputs": {}}, "column"),
        ({"inputs": {"a": [1], "b": [1, 2]}}, "equally many"),
        ({"inputs": {"a": [], "b": []}}, "equally many"),
        ({"inputs": {"a": [1], "b": 2}}, "list"),
        ({"inputs": {"a": [[1, 2]], "b": [1]}}, "a: must be a number"),
        ({"dataframe_split": []}, "columns and data"),
        ({"dataframe_split": {"columns": ["a", "b"]}}, "rows"),
        ({"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3]]}}, "2 values"),
        ({"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}, "name every value"),
        ({"dataframe_split": {"columns": "ab", "data": [[1, 2]]}}, "name every value"),
        ({"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}}, "more than once"),
        ({"dataframe_split": {"columns": [0, 1], "data": [[1, 2]]}}, "no feature"),
        ({"dataframe_split": {"columns": ["a", None], "data": [[1, 2]]}}, "no feature"),
        ({"dataframe_split": {"columns": ["a", "c"], "data": [[1, 2]]}}, "c: is no feature"),
        ({"dataframe_split": {"columns": ["a", "b"], "data": [[]]}}, "name every value"),
        ({"dataframe_split": {"columns": ["a", "b"], "data": [{}]}}, "values"),
        ({"dataframe_records": [{"a": 1, "b": 2, "c": 3}]}, "c: is no feature"),
        ({"dataframe_records": {"a": {"0": 1}}}, "rows"),
    ],
    ids=str,
)
def test_a_fault_says_what_is_wrong(document, mentions):
    with pytest.raises(RowsRefused, match=mentions.replace("[", r"\[")):
        rows_of_document(document, AB)


def test_faults_of_values_tell_their_row():
    with pytest.raises(RowsRefused) as caught:
        rows_of_document({"inputs": {"a": [1, "x"], "b": [2, 3]}}, AB)
    assert [(fault.row, fault.field) for fault in caught.value.faults] == [(1, "a")]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n3.5,4\n", '"b","a"\r\n2, 1\r\n4,3.5', "\ufeffa,b\n1,2\n\n3.50,4e0\n"]
)
def test_csv_gives_the_same_rows(text):
    assert rows_of_csv(text.encode(), AB).tolist() == ROWS


@pytest.mark.parametrize("cell", ["", "NaN", "NA", "null", " "])
def test_csv_knows_what_is_missing(cell):
    assert np.isnan(rows_of_csv(f"a,b\n1,{cell}\n".encode(), IMPUTING)[0, 1])
    with pytest.raises(RowsRefused, match="b: is missing"):
        rows_of_csv(f"a,b\n1,{cell}\n".encode(), AB)


@pytest.mark.parametrize(
    ("raw", "mentions"),
    [
        (b"", "column names"),
        (b"a,b\n", "column names"),
        (b"\xff\xfe,b\n1,2", "UTF-8"),
        (b'a,b\n1,"2\n', "CSV"),
        (b"a,b\n1\n", "2 values"),
        (b"a;b\n1;2\n", "no feature"),
        (b"a,a\n1,2\n", "more than once"),
        (b"a,b,c\n1,2,3\n", "c: is no feature"),
        (b"a,b\n1,x\n", "b: must be a number"),
        (b"a,b\n1,1_0\n", "b: must be a number"),
        (b"a,b\n1,inf\n", "b: must be a finite"),
        (b"a,b\n1,\x00\n", "NUL|CSV"),
        (b"a,b\n1," + b"9" * 200_000, "CSV|finite"),
    ],
)
def test_csv_faults_say_what_is_wrong(raw, mentions):
    with pytest.raises(RowsRefused, match=mentions):
        rows_of_csv(raw, AB)
