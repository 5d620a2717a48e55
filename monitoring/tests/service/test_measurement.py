import os
import socket

import evidently.telemetry
import numpy as np
import pytest

from monitoring.service.checks.performance import score
from monitoring.service.drift_report import measure_all
from monitoring.service.measurement import Measurement, MetricFailed
from monitoring.service.thresholds import Thresholds
from monitoring.service.undrawn import UndrawnDrift


def test_a_metric_that_fails_says_why_and_leaves_the_others_alone(compare, labelled):
    current = labelled(seed=1)
    current.features["length"] = np.nan
    measurement = Measurement(compare(labelled(), current))
    with pytest.raises(MetricFailed, match="empty column 'length'"):
        measurement.of(UndrawnDrift(column="length"))
    assert measurement.of(UndrawnDrift(column="width")).status == "SUCCESS"


def test_both_sets_are_measured(compare, labelled):
    comparison = compare(labelled(correct=1.0), labelled(seed=1, correct=0.0))
    measured = Measurement(comparison).of(score(comparison, "accuracy"))
    assert (measured.value, measured.reference) == (0.0, 1.0)


def test_evidently_phones_nobody(compare, labelled, monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert os.environ["DO_NOT_TRACK"] == "true"
    assert not evidently.telemetry.event_logger.is_enabled()
    assert measure_all(compare(labelled(), labelled(seed=1)), Thresholds())
