"""The metrics without figures give Evidently's own numbers, and build no figure."""

import plotly.graph_objects
import pytest
from evidently import Report
from evidently.metrics import MaxValue, MeanValue, MedianValue, MinValue, StdValue, ValueDrift

from monitoring.service.evidently_dataset import evidently_dataset
from monitoring.service.measurement import Measurement
from monitoring.service.undrawn import Statistic, UndrawnDrift

STATISTICS = {"mean": MeanValue, "std": StdValue, "min": MinValue, "median": MedianValue, "max": MaxValue}


def own(comparison, metric):
    run = Report([metric], include_tests=True).run(
        evidently_dataset(comparison, comparison.current), evidently_dataset(comparison, comparison.reference)
    )
    return run.dict()


@pytest.mark.parametrize("column", ["length", "petals", "wild", "colour", "kind", "prediction"])
@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_drift_is_evidently_s_own(compare, labelled, column, shift):
    comparison = compare(labelled(), labelled(seed=1, shift=shift))
    expected = own(comparison, ValueDrift(column=column))
    measured = Measurement(comparison).of(UndrawnDrift(column=column))
    assert measured.value == expected["metrics"][0]["value"]
    assert measured.status == expected["tests"][0]["status"].value
    assert measured.settings["method"] == expected["metrics"][0]["config"]["method"]


@pytest.mark.parametrize("name", list(STATISTICS))
def test_statistics_are_evidently_s_own(compare, labelled, name):
    current = labelled(seed=1)
    current.features.loc[:9, "length"] = None
    comparison = compare(labelled(), current)
    expected = own(comparison, STATISTICS[name](column="length"))["metrics"][0]["value"]
    assert Measurement(comparison).of(Statistic(column="length", statistic=name)).value == expected


def test_no_figure_is_built(compare, labelled, monkeypatch):
    built = []
    original = plotly.graph_objects.Figure.__init__
    monkeypatch.setattr(
        plotly.graph_objects.Figure,
        "__init__",
        lambda self, *args, **more: built.append(1) or original(self, *args, **more),
    )
    comparison = compare(labelled(), labelled(seed=1))
    measurement = Measurement(comparison)
    measurement.of(Statistic(column="length", statistic="mean"))
    measurement.of(UndrawnDrift(column="length"))
    assert built == []
    own(comparison, ValueDrift(column="length"))
    assert built
