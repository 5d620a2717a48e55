import json

import numpy as np
import pandas as pd

from monitoring.service.drift_report import measure_all
from monitoring.service.thresholds import Thresholds
from monitoring.utils.json_values import json_value


def lines_of(comparison):
    return {(line.group, line.metric_name): line for line in measure_all(comparison, Thresholds())}


def test_it_has_the_four_sections(compare, labelled):
    lines = measure_all(compare(labelled(), labelled(seed=1)), Thresholds())
    assert list(dict.fromkeys(line.group for line in lines)) == [
        "data_drift",
        "data_quality",
        "target_drift",
        "classification",
    ]
    assert all(line.error is None for line in lines)
    assert len({(line.group, line.metric_name) for line in lines}) == len(lines)


def test_drift_names_its_method_and_says_whether(compare, labelled):
    lines = lines_of(compare(labelled(), labelled(seed=1, shift=3.0)))
    moved = lines["data_drift", "ValueDrift(column=length,method=K-S p_value,threshold=0.05)"]
    assert moved.drifted is True
    assert lines["data_drift", "ValueDrift(column=petals,method=K-S p_value,threshold=0.05)"].drifted is False
    assert lines["classification", "Accuracy()"].drifted is None


def test_figures_stand_beside_the_reference_s(compare, labelled):
    reference, current = labelled(), labelled(seed=1)
    lines = lines_of(compare(reference, current))
    mean = lines["data_quality", "MeanValue(column=length)"].measured
    assert mean.value == current.features["length"].mean()
    assert mean.reference == reference.features["length"].mean()
    counts = lines["target_drift", "UniqueValueCount(column=kind)"].measured.value["counts"]
    assert counts == {"daisy": 17, "rose": 17, "tulip": 16}


def test_a_feature_without_values_has_its_reason_in_place_of_a_score(compare, labelled):
    current = labelled(seed=1)
    current.features["length"] = np.inf
    line = lines_of(compare(labelled(), current))["data_drift", "ValueDrift(column=length)"]
    assert line.measured is None
    assert "missing or infinite in the current set" in line.error


def test_a_regression_has_its_errors(compare, priced, prices):
    lines = measure_all(compare(priced(), priced(seed=1), prices), Thresholds())
    assert [line.item.name for line in lines if line.group == "regression"] == ["RMSE", "MAE", "R2Score"]
    assert all(line.error is None for line in lines)


def test_every_value_fits_json_however_odd_the_set(compare, labelled):
    current = labelled(rows=1, seed=1)
    current.features["wild"] = pd.array([pd.NA], dtype="boolean")
    lines = measure_all(compare(labelled(), current), Thresholds())
    values = [json_value(line.measured.value) for line in lines if line.measured]
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    undefined = next(line for line in lines if line.metric_name == "StdValue(column=length)")
    assert json_value(undefined.measured.value) is None
