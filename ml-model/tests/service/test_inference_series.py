"""Served versions are counted under the names that MLServer and KServe use."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ml_model.service.inference_series import InferenceSeries

LABELS = {"model_name": "wine", "model_version": "2"}


@pytest.fixture
def registry():
    return CollectorRegistry()


def test_an_answer_counts_requests_rows_and_seconds(registry):
    series = InferenceSeries(registry)
    series.answered("wine", "2", 10, 0.004)
    series.answered("wine", "2", 1, 0.002)
    assert registry.get_sample_value("model_infer_request_success_total", LABELS) == 2
    assert registry.get_sample_value("model_infer_rows_total", LABELS) == 11
    assert registry.get_sample_value("model_infer_request_duration_count", LABELS) == 2
    assert registry.get_sample_value("request_predict_seconds_sum", LABELS) == pytest.approx(0.006)
    assert registry.get_sample_value("request_predict_seconds_bucket", LABELS | {"le": "0.0025"}) == 1
    assert registry.get_sample_value("model_infer_request_failure_total", LABELS) == 0


def test_a_failure_is_counted_for_its_version_alone(registry):
    series = InferenceSeries(registry)
    series.failed("wine", "2")
    series.failed("wine", "1")
    assert registry.get_sample_value("model_infer_request_failure_total", LABELS) == 1
    assert registry.get_sample_value("model_infer_request_success_total", LABELS) == 0


def test_nothing_is_shown_before_the_first_request(registry):
    InferenceSeries(registry)
    assert b"model_name=" not in generate_latest(registry)
