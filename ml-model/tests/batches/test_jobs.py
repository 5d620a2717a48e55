"""Files that become jobs, with the messages and workers that may be lost."""

import pytest
from pydantic import SecretStr

from ml_model.background import create_background
from ml_model.client.queue import QUEUE
from ml_model.tabular import pieces
from servicekit.testing import assert_error

AT_ONCE = "/api/v1/batch-predict"
PATH = f"{AT_ONCE}?async=true"
STATE = "SELECT status, attempts, rows_predicted FROM ml_model.batch_jobs WHERE batch_id = :id"


def queued(service, content, **headers):
    headers = {"Content-Type": "text/csv"} | headers
    answer = service.post(PATH, data=content, headers=headers)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    return answer.get_json()["batch_id"]


def labels(service, batch_id):
    return [
        row["label"] for row in service.get(f"/api/v1/batches/{batch_id}/result").get_json()["predictions"]
    ]


def test_a_job_is_accepted_while_the_queue_is_away_and_ends_with_the_same_result(
    service, background, many_csv, query
):
    batch_id = queued(service, many_csv)
    assert_error(service.get(f"/api/v1/batches/{batch_id}/result"), 409, "queued")
    assert background.work.run(batch_id) == "completed"
    assert background.work.run(batch_id) == "not queued"
    batch = service.get(f"/api/v1/batches/{batch_id}").get_json()
    assert (batch["status"], batch["rows_predicted"], batch["progress"]) == ("completed", 3600, 100)
    at_once = service.post(AT_ONCE, data=many_csv, headers={"Content-Type": "text/csv"})
    assert labels(service, batch_id) == [row["label"] for row in at_once.get_json()["predictions"]]
    assert query("SELECT count(*) FROM ml_model.batch_chunks WHERE kind = 'input'") == [(0,)]


def test_a_worker_that_is_lost_in_the_middle_leaves_nothing_doubled(
    service, background, many_csv, query, monkeypatch
):
    monkeypatch.setattr(pieces, "WHOLE_BYTES", 0)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 20_000)
    batch_id = queued(service, many_csv)
    kept = background.work._opening.opened

    def dies_later(*arguments):
        batch = kept(*arguments)
        blocks = batch.file.blocks

        def some():
            for number, block in enumerate(blocks()):
                if number == 3:
                    raise KeyboardInterrupt
                yield block

        batch.file.blocks = some
        return batch

    monkeypatch.setattr(background.work._opening, "opened", dies_later)
    with pytest.raises(KeyboardInterrupt):
        background.work.run(batch_id)
    monkeypatch.undo()
    assert query(STATE, id=batch_id)[0][0] == "running"
    query("UPDATE ml_model.batch_jobs SET lease_until = now() - interval '1 s'")
    background.watch.look()
    assert query(STATE, id=batch_id)[0][:2] == ("queued", 1)
    assert background.work.run(batch_id) == "completed"
    assert query(STATE, id=batch_id) == [("completed", 2, 3600)]
    assert len(labels(service, batch_id)) == 3600


def test_a_job_that_loses_worker_after_worker_fails_with_the_reason(service, background, wine_csv, query):
    batch_id = queued(service, wine_csv)
    query("UPDATE ml_model.batch_jobs SET status = 'running', attempts = 3, lease_until = now()")
    background.watch.look()
    batch = service.get(f"/api/v1/batches/{batch_id}").get_json()
    assert batch["status"] == "failed"
    assert "lost" in batch["reason"]
    assert_error(service.get(f"/api/v1/batches/{batch_id}/result"), 409, "send the file again")


def test_what_is_answered_at_once_fails_when_its_process_is_gone(service, background, wine_csv, query):
    headers = {"Content-Type": "text/csv"}
    batch_id = service.post(AT_ONCE, data=wine_csv, headers=headers).get_json()["batch_id"]
    query("UPDATE ml_model.batch_jobs SET status = 'running', lease_until = now()")
    background.watch.look()
    assert query(STATE, id=batch_id)[0][0] == "failed"


def test_a_cancelled_job_is_not_worked_on(service, background, wine_csv):
    batch_id = queued(service, wine_csv)
    assert service.post(f"/api/v1/batches/{batch_id}/cancel").get_json()["status"] == "cancelled"
    assert service.post(f"/api/v1/batches/{batch_id}/cancel").status_code == 200
    assert background.work.run(batch_id) == "not queued"
    assert_error(service.get(f"/api/v1/batches/{batch_id}/result"), 409, "cancelled")


def test_a_completed_job_cannot_be_cancelled(service, background, wine_csv):
    batch_id = queued(service, wine_csv)
    background.work.run(batch_id)
    assert_error(service.post(f"/api/v1/batches/{batch_id}/cancel"), 409, "completed")


def test_a_file_over_the_limit_becomes_a_job_by_itself(own_settings, wine_csv):
    from ml_model.bootstrap import create_app

    app = create_app(own_settings.model_copy(update={"max_batch_bytes_at_once": 100}))
    headers = {"Content-Type": "text/csv"}
    answer = app.test_client().post("/api/v1/batch-predict", data=wine_csv, headers=headers)
    assert answer.status_code == 202
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_a_message_is_sent_and_sent_again_when_it_may_be_lost(
    own_settings, service, wine_csv, redis_server, query
):
    batch_id = queued(service, wine_csv)
    broker = SecretStr(redis_server.url(6))
    with_queue = create_background(own_settings.model_copy(update={"celery_broker": broker}))
    with with_queue.app.app_context():
        with_queue.celery.control.purge()
        assert [with_queue.watch.look(), with_queue.watch.look()] == [1, 0]
        with with_queue.celery.connection_for_read() as connection:
            assert connection.default_channel.client.llen(QUEUE) == 1
        query("UPDATE ml_model.batch_jobs SET published_at = now() - interval '1 minute'")
        assert with_queue.watch.look() == 1
        with_queue.celery.control.purge()
        assert with_queue.requests.get(batch_id).status == "queued"
        with_queue.app.extensions["sqlalchemy"].session.remove()
        with_queue.app.extensions["sqlalchemy"].engine.dispose()
