"""What /metrics shows of trainings, whichever process answers."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from predictor.bootstrap import create_app

ADD = """
INSERT INTO predictor.training_jobs (job_id, database_name, lookback_days, model_type, activate, status,
    failure, queued_at, heartbeat_at, finished_at)
VALUES (:job_id, :job_id, 1, 'decision_tree', true, :status,
    :failure, now() - make_interval(secs => :queued), now() - make_interval(secs => :silent),
    CASE WHEN :failure IS NULL THEN NULL ELSE now() - make_interval(secs => :silent) END)
"""


@pytest.fixture
def shown(own_settings, tmp_path):
    """A function that reads /metrics."""
    app = create_app(own_settings.model_copy(update={"journal_directory": tmp_path / "journal"}))

    def shown():
        text = app.test_client().get("/metrics").get_data(as_text=True)
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return shown


def test_without_jobs_there_is_nothing_to_worry_about(shown):
    found = shown()
    assert found[("metrics_source_up", "jobs")] == found[("metrics_source_up", "journal")] == 1
    assert found[("metrics_source_up", "queue")] == 0  # these settings name one that is not there
    assert found[("background_jobs", "training", "queued")] == 0
    assert found[("background_jobs", "training", "running")] == 0
    assert found[("background_job_waiting_seconds", "training")] == 0
    assert found[("background_job_overdue_seconds", "training")] == 0
    assert found[("background_jobs_failed_last_hour", "training")] == 0
    assert not [key for key in found if key[0] == "background_process_silent_seconds"]


def test_jobs_that_wait_are_overdue_or_failed_are_told_apart(shown, query, background):
    jobs = [
        ("waits", "queued", None, 700, None),
        ("waits-less", "queued", None, 30, None),
        ("was-given-back", "queued", None, 5000, 60),
        ("silent", "training", None, 400, 102),
        ("at-work", "training", None, 400, 1),
        ("failed", "failed", "why", 400, 300),
        ("failed-long-ago", "failed", "why", 9000, 8000),
    ]
    for job_id, status, failure, waited, silent in jobs:
        query(ADD, job_id=job_id, status=status, failure=failure, queued=waited, silent=silent)
    background.signs.give("worker")
    found = shown()
    assert found[("background_jobs", "training", "queued")] == 3
    assert found[("background_jobs", "training", "running")] == 2
    assert 700 <= found[("background_job_waiting_seconds", "training")] < 760
    assert 100 <= found[("background_job_overdue_seconds", "training")] < 160
    assert found[("background_jobs_failed_last_hour", "training")] == 1
    assert 0 <= found[("background_process_silent_seconds", "worker")] < 60
