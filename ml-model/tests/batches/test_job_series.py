"""What /metrics shows of batches."""

from prometheus_client.parser import text_string_to_metric_families

ADD = """
INSERT INTO ml_model.batch_jobs (algorithm_id, purpose, status, "order", created_at, lease_until, ended_at)
SELECT algorithm_id, 'tests', :status, '{}', now() - make_interval(secs => :created),
    now() - make_interval(secs => :lease), now() - make_interval(secs => :ended)
FROM ml_model.algorithms LIMIT 1
"""


def shown(service):
    text = service.get("/metrics").get_data(as_text=True)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_without_batches_there_is_nothing_to_worry_about(service):
    found = shown(service)
    assert found[("metrics_source_up", "jobs")] == found[("metrics_source_up", "journal")] == 1
    assert found[("background_jobs", "batch", "queued")] == 0
    assert found[("background_job_waiting_seconds", "batch")] == 0
    assert found[("background_job_overdue_seconds", "batch")] == 0
    assert found[("background_jobs_failed_last_hour", "batch")] == 0


def test_batches_that_wait_are_overdue_or_failed_are_told_apart(service, query):
    batches = [
        ("queued", 800, None, None),
        ("running", 500, 90, None),
        ("running", 500, -9, None),
        ("failed", 500, None, 400),
        ("failed", 9000, None, 8000),
        ("completed", 9000, None, 400),
    ]
    for status, created, lease, ended in batches:
        query(ADD, status=status, created=created, lease=lease, ended=ended)
    found = shown(service)
    assert found[("background_jobs", "batch", "queued")] == 1
    assert found[("background_jobs", "batch", "running")] == 2
    assert 800 <= found[("background_job_waiting_seconds", "batch")] < 860
    assert 90 <= found[("background_job_overdue_seconds", "batch")] < 150
    assert found[("background_jobs_failed_last_hour", "batch")] == 1
