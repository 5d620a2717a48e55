import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from datasetdb.errors import (
    ColumnsMismatch,
    DatasetError,
    DatasetNotFound,
    DuplicateSampleIndex,
    InvalidColumn,
    InvalidFrame,
    InvalidSampleIndex,
    UnknownClass,
)
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources


@pytest.fixture
def write(session, flowers):
    Sources(session).add(flowers)
    dataset_id = Datasets(session).replace("flowers", "training", {})

    def send(features, target):
        Samples(session).write(dataset_id, features, target)

    return send


def test_missing_and_unknown_columns_are_named(write, flower_rows):
    features, target = flower_rows
    with pytest.raises(ColumnsMismatch) as caught:
        write(features.rename(columns={"petals": "leaves"}), target)
    assert (caught.value.missing, caught.value.unknown) == (("petals",), ("leaves",))
    assert str(caught.value) == "missing columns: 'petals'; unknown columns: 'leaves'"


def test_a_column_given_twice_is_named(write, flower_rows):
    features, target = flower_rows
    with pytest.raises(ColumnsMismatch, match="repeated columns: 'place'"):
        write(pd.concat([features, features[["place"]]], axis=1), target)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("length", np.inf, "infinite"),
        ("length", -np.inf, "infinite"),
        ("length", "null", "not numbers"),
        ("length", "1.5", "not numbers"),
        ("length", 1j, "not numbers"),
        ("length", pd.Timestamp(0), "not numbers"),
        ("petals", 1.5, "not integers"),
        ("petals", 2**53, "not integers"),
        ("petals", np.inf, "infinite"),
        ("wild", 2, "true and false"),
        ("wild", "yes", "not numbers"),
        ("colour", 7, "not text"),
        ("colour", "a\x00b", "cannot keep"),
        ("colour", "\ud800", "cannot keep"),
        ("colour", "x" * 1001, "over 1000"),
    ],
)
def test_a_value_that_its_column_does_not_allow_is_refused_by_name(
    write, flower_rows, column, value, problem
):
    features, target = flower_rows
    features[column] = pd.Series([value] * 3, index=features.index)
    with pytest.raises(InvalidColumn, match=problem) as caught:
        write(features, target)
    assert caught.value.column == column
    assert f"{column!r}" in str(caught.value)


def test_an_unknown_class_is_refused_with_those_that_are_known(write, flower_rows):
    features, target = flower_rows
    with pytest.raises(UnknownClass, match="'oak'; known: 'daisy', 'rose', 'tulip'"):
        write(features, target.replace("rose", "oak"))


def test_a_missing_target_is_refused(write, flower_rows):
    features, target = flower_rows
    with pytest.raises(UnknownClass):
        write(features, target.where(target != "rose"))


def test_a_sample_index_that_occurs_twice_is_refused(write, flower_rows):
    features, target = flower_rows
    features.index = target.index = [4, 4, 6]
    with pytest.raises(DuplicateSampleIndex, match="more than once: 4"):
        write(features, target)


def test_a_sample_index_that_is_stored_already_is_refused(write, flower_rows):
    write(*flower_rows)
    with pytest.raises(DuplicateSampleIndex):
        write(*flower_rows)


@pytest.mark.parametrize(
    "index",
    [
        ["a", "b", "c"],
        [0.5, 1.5, 2.5],
        pd.array([1, 2, None], dtype="Int64"),
        np.array([1, 2, 2**63], "uint64"),
    ],
)
def test_an_index_that_cannot_be_a_sample_index_is_refused(write, flower_rows, index):
    features, target = flower_rows
    features.index = target.index = pd.Index(index)
    with pytest.raises(InvalidSampleIndex):
        write(features, target)


@pytest.mark.parametrize("index", [[5, -2, 10], [5, -2], [5, 5, 9]])
def test_a_target_with_another_index_is_refused(write, flower_rows, index):
    features, target = flower_rows
    target = target.iloc[: len(index)].set_axis(index)
    with pytest.raises(InvalidSampleIndex, match="not that of the features"):
        write(features, target)


def test_nothing_is_sent_of_a_frame_that_is_refused(session, write, flower_rows):
    features, target = flower_rows
    features.loc[9, "length"] = np.inf
    with pytest.raises(InvalidFrame):
        write(features, target)
    assert session.scalar(text("SELECT count(*) FROM samples")) == 0


def test_rows_for_a_set_that_is_gone_are_refused(session, flower_rows):
    with pytest.raises(DatasetNotFound, match="123456789"):
        Samples(session).write(123456789, *flower_rows)


def test_every_refusal_is_a_dataset_error():
    for error in (InvalidFrame, DatasetNotFound):
        assert issubclass(error, DatasetError)
