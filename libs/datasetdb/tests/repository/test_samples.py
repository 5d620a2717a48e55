import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal
from sqlalchemy import text

from datasetdb.bulk.encode import BLOCK_ROWS
from datasetdb.errors import DatasetReplaced
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources
from datasetdb.schema import Column, SourceSchema, Target


def test_features_come_back_typed_and_in_order(session, load_flowers):
    read = Samples(session).read(load_flowers())
    expected = pd.DataFrame(
        {
            "length": [np.nan, 1.5, -3.25],
            "colour": pd.Categorical([None, "red", "weiß"]),
            "petals": pd.array([None, 2**53 - 1, -7], dtype="Int64"),
            "wild": pd.array([None, True, False], dtype="boolean"),
            "place": pd.Categorical(['a\nb,"c"\t\\N', "", None]),
        },
        index=pd.Index([-2, 5, 9], name="sample_index"),
    )
    assert_frame_equal(read.features, expected)


def test_types_do_not_depend_on_what_is_missing(session, flowers, flower_rows, load):
    features, target = flower_rows
    complete = features.iloc[[0]]
    read = Samples(session).read(load(session, flowers, (complete, target.iloc[[0]])))
    kinds = ["float64", "category", "Int64", "boolean", "category"]
    assert [str(kind) for kind in read.features.dtypes] == kinds


def test_missing_values_are_null_in_the_database(session, load_flowers):
    load_flowers()
    numbers, labels = session.execute(
        text("SELECT numbers, labels FROM samples WHERE sample_index = -2")
    ).one()
    assert (numbers, labels) == ([None, None, None], [None, 'a\nb,"c"\t\\N'])


def test_text_classes_come_back_as_text(session, load_flowers):
    read = Samples(session).read(load_flowers())
    index = pd.Index([-2, 5, 9], name="sample_index")
    assert_series_equal(read.target, pd.Series(["daisy", "rose", "rose"], index=index, name="target"))


def test_integer_classes_come_back_as_integers(session, wine, wine_rows, load):
    features, target = wine_rows(40)
    read = Samples(session).read(load(session, wine, (features, target)))
    assert_frame_equal(read.features, features, check_names=False)
    assert_series_equal(read.target, target, check_names=False)


def test_a_regression_comes_back_as_numbers(session, load):
    schema = SourceSchema("prices", (Column("size"),), Target("price", "regression"))
    features, target = pd.DataFrame({"size": [1.0, 2.0]}), pd.Series([0.1, -1e300])
    record = load(session, schema, (features, target))
    assert record.class_counts == {}
    assert Samples(session).read(record).target.tolist() == [0.1, -1e300]


def test_a_source_may_have_categories_only(session, load):
    schema = SourceSchema("words", (Column("word", "category"),), Target("y", "classification", (0, 1)))
    rows = pd.DataFrame({"word": ["a", None, "bb"]}), pd.Series([0, 1, 1])
    read = Samples(session).read(load(session, schema, rows))
    assert read.features["word"].tolist() == ["a", np.nan, "bb"]


def test_columns_may_stand_in_another_order(session, flowers, flower_rows, load):
    features, target = flower_rows
    read = Samples(session).read(load(session, flowers, (features[features.columns[::-1]], target)))
    assert tuple(read.features.columns) == flowers.feature_names
    assert read.features.loc[9, "length"] == -3.25


def test_a_target_in_another_order_is_matched_by_its_index(session, flowers, flower_rows, load):
    features, target = flower_rows
    read = Samples(session).read(load(session, flowers, (features, target.iloc[::-1])))
    assert read.target.to_dict() == target.to_dict()


def test_an_empty_set_can_be_written_and_read(session, flowers, flower_rows, load):
    features, target = flower_rows
    read = Samples(session).read(load(session, flowers, (features.iloc[:0], target.iloc[:0])))
    assert read.features.shape == (0, 5)
    assert read.target.empty


def test_a_set_may_be_written_in_parts(session, wine, wine_rows):
    features, target = wine_rows(100)
    Sources(session).add(wine)
    dataset_id = Datasets(session).replace("wine", "training", {})
    for part in (slice(60, 100), slice(0, 60)):
        Samples(session).write(dataset_id, features.iloc[part], target.iloc[part])
    record = Datasets(session).get("wine", "training")
    assert record.class_counts == target.value_counts().to_dict()
    read = Samples(session).read(record)
    assert_frame_equal(read.features, features, check_names=False)
    assert_series_equal(read.target, target, check_names=False)


def test_a_set_longer_than_a_block_comes_back_whole(session, wine, wine_rows, load):
    features, target = wine_rows(3 * BLOCK_ROWS + 1)
    features = features.mask(np.random.default_rng(1).random(features.shape) < 0.03)
    shuffled = features.sample(frac=1, random_state=0)
    record = load(session, wine, (shuffled, target))
    read = Samples(session).read(record)
    assert record.missing_values == features.isna().sum().sum()
    assert_frame_equal(read.features, features, check_names=False)
    assert_series_equal(read.target, target, check_names=False)


def test_rows_are_ordered_over_the_whole_range_of_sample_index(session, wine, wine_rows, load):
    features, target = wine_rows(3)
    features.index = target.index = pd.Index([2**63 - 1, 0, -(2**63)])
    read = Samples(session).read(load(session, wine, (features, target)))
    assert read.features.index.tolist() == [-(2**63), 0, 2**63 - 1]


def test_a_record_of_a_replaced_set_is_refused(session, wine, load_wine):
    old = load_wine(10)
    load_wine(10)
    with pytest.raises(DatasetReplaced, match="'training' of 'wine'"):
        Samples(session).read(old)


def test_writes_are_part_of_the_callers_transaction(session, wine, load_wine):
    load_wine(10)
    session.rollback()
    assert Sources(session).get("wine") is None
    assert session.scalar(text("SELECT count(*) FROM samples")) == 0
