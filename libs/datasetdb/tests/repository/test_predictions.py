import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_series_equal
from sqlalchemy import text

from datasetdb.errors import (
    DatasetReplaced,
    DuplicateSampleIndex,
    InvalidColumn,
    UnknownClass,
    UnknownSampleIndex,
)
from datasetdb.repository.predictions import Predictions
from datasetdb.repository.samples import Samples
from datasetdb.schema import Column, SourceSchema, Target


@pytest.fixture
def record(load_wine):
    return load_wine(50)


@pytest.fixture
def predicted(wine_rows):
    return wine_rows(50, seed=7)[1]


def test_predictions_come_back_as_class_labels(session, record, predicted):
    Predictions(session).replace(record, predicted.sample(frac=1, random_state=0), "wine/3 «tested» 100%")
    read = Samples(session).read(record, predictions=True)
    assert_series_equal(
        read.predictions, predicted.rename("prediction"), check_index_type=False, check_names=False
    )
    assert read.predictions.index.equals(read.features.index)
    assert read.model_version == "wine/3 «tested» 100%"


def test_predictions_are_read_only_when_asked_for(session, record, predicted):
    Predictions(session).replace(record, predicted, "v1")
    read = Samples(session).read(record)
    assert (read.predictions, read.model_version) == (None, None)


def test_a_set_without_predictions_says_so(session, record):
    read = Samples(session).read(record, predictions=True)
    assert (read.predictions, read.model_version) == (None, None)
    assert Predictions(session).model_version(record) is None


def test_predicting_twice_leaves_one_prediction_for_each_sample(session, record, predicted):
    Predictions(session).replace(record, predicted, "v1")
    Predictions(session).replace(record, 2 - predicted, "v2")
    assert session.scalar(text("SELECT count(*) FROM predictions")) == 50
    read = Samples(session).read(record, predictions=True)
    assert read.predictions.tolist() == (2 - predicted).tolist()
    assert Predictions(session).model_version(record) == read.model_version == "v2"


def test_a_regression_keeps_its_numbers(session, load):
    schema = SourceSchema("prices", (Column("size"),), Target("price", "regression"))
    record = load(session, schema, (pd.DataFrame({"size": [1.0, 2.0]}), pd.Series([3.0, 4.0])))
    Predictions(session).replace(record, pd.Series([2.5, 1e-300]), "v1")
    assert Samples(session).read(record, predictions=True).predictions.tolist() == [2.5, 1e-300]
    with pytest.raises(InvalidColumn, match="missing"):
        Predictions(session).replace(record, pd.Series([2.5, np.nan]), "v1")


def test_an_unknown_class_is_refused(session, record, predicted):
    with pytest.raises(UnknownClass, match="known: 0, 1, 2"):
        Predictions(session).replace(record, predicted + 1, "v1")


@pytest.mark.parametrize("index", [range(49), range(51), range(1, 51)])
def test_predictions_for_other_samples_are_refused(session, record, index):
    with pytest.raises(UnknownSampleIndex):
        Predictions(session).replace(record, pd.Series(0, index=index), "v1")


def test_two_predictions_for_one_sample_are_refused(session, record):
    with pytest.raises(DuplicateSampleIndex):
        Predictions(session).replace(record, pd.Series(0, index=[*range(49), 0]), "v1")


def test_predictions_for_a_replaced_set_are_refused(session, record, predicted, load_wine):
    load_wine(50)
    with pytest.raises(DatasetReplaced):
        Predictions(session).replace(record, predicted, "v1")
