import dataclasses

import numpy as np
import pandas as pd

from datasetdb.schema import Column, SourceSchema, Target
from monitoring.service.comparison import prediction_column


def test_numbers_become_floats_and_everything_else_text(compare, labelled):
    frame = compare(labelled(), labelled(seed=1)).current.frame
    assert {name: dtype.kind for name, dtype in frame.dtypes.items()} == {
        "length": "f",
        "width": "f",
        "petals": "f",
        "wild": "O",
        "colour": "O",
        "kind": "O",
        "prediction": "O",
    }
    assert set(frame["wild"]) == {"true", "false"}
    assert set(frame["colour"]) <= {"red", "white", "blue"}


def test_integer_classes_are_compared_as_text(compare, labelled):
    schema = SourceSchema(
        "numbered", compare(labelled(), labelled()).schema.columns, Target("y", "classification", (0, 1, 2))
    )
    comparison = compare(labelled(classes=(0, 1, 2)), labelled(seed=1, classes=(0, 1, 2)), schema)
    assert set(comparison.current.frame["y"]) == {"0", "1", "2"} == set(comparison.classes)


def test_infinite_values_are_counted_and_then_missing(compare, labelled):
    current = labelled(seed=1)
    current.features.loc[:4, "length"] = np.inf
    current.features.loc[5, "length"] = -np.inf
    comparison = compare(labelled(), current)
    assert comparison.current.infinite == {"length": 6}
    assert comparison.current.frame["length"].isna().sum() == 6
    assert comparison.reference.infinite == {}


def test_features_without_any_value_are_set_apart_with_the_reason(compare, labelled):
    current = labelled(seed=1)
    current.features["length"] = np.inf
    current.features["wild"] = pd.array([pd.NA] * 50, dtype="boolean")
    comparison = compare(labelled(), current)
    assert list(comparison.empty_features) == ["length", "wild"]
    assert "current set" in comparison.empty_features["length"]
    assert comparison.comparable == ["width", "petals", "colour"]
    assert comparison.comparable_numbers == ["width", "petals"]
    assert comparison.comparable_categories == ["colour"]


def test_a_large_set_is_sampled_and_says_so(compare, labelled):
    comparison = compare(labelled(rows=900), labelled(rows=1_200, seed=1), rows=1_000)
    assert not comparison.reference.sampled
    assert comparison.current.sampled
    assert (comparison.current.rows, len(comparison.current.frame)) == (1_200, 999)
    assert comparison.notes == ["The current set has 1200 rows; a stratified sample of 999 was looked at."]


def test_missing_labels_stay_missing(compare, labelled):
    current = labelled(seed=1)
    predictions = current.predictions.copy()
    predictions[3] = None
    comparison = compare(labelled(), dataclasses.replace(current, predictions=predictions))
    assert comparison.current.frame["prediction"].isna().sum() == 1


def test_the_column_of_predictions_takes_no_feature_s_name():
    target = Target("prediction_", "regression")
    assert prediction_column(SourceSchema("a", (Column("prediction"),), target)) == "prediction__"
    assert prediction_column(SourceSchema("b", (Column("x"),), target)) == "prediction"
