"""One training job from the request to its end, without the queue: the worker's use case is called."""

import pytest

from predictor.service.errors import JobEnded
from predictor.service.training import Training
from predictor.service.training_requests import TrainingOrder

ORDER = TrainingOrder("pganalytics", 30, "linear_regression")


def submit(background, **changes):
    return background.trainings.submit(TrainingOrder(**{**vars(ORDER), **changes}))


def run(background, **changes):
    view, _ = submit(background, **changes)
    ended = background.training.run(view.job.job_id)
    return ended, background.trainings.get(view.job.job_id)


def test_a_training_ends_with_a_model_that_predicts(background, keep_history, query):
    keep_history()
    ended, view = run(background)
    assert ended == "completed"
    assert (view.job.status, view.job.progress, view.job.samples) == ("completed", 100, 300)
    assert view.model.version == "v1"
    assert view.model.r_squared is not None
    assert query("SELECT model_id, reason FROM predictor.model_activations") == [(1, "the first model")]


def test_too_little_history_is_said_in_numbers(background, keep_history):
    keep_history(fingerprints=10, windows=5)
    ended, view = run(background)
    assert ended == "failed"
    assert (view.job.status, view.job.failure) == ("failed", "Insufficient training samples: 50 < 100")
    assert view.model is None


def test_history_of_one_query_is_refused_in_words(background, keep_history):
    keep_history(fingerprints=1, windows=150)
    ended, view = run(background)
    assert ended == "failed"
    assert "fingerprints" in view.job.failure


def test_another_databases_history_is_not_learnt(background, keep_history):
    keep_history(database_name="other")
    _, view = run(background)
    assert view.job.failure == "Insufficient training samples: 0 < 100"


def test_only_the_first_model_is_activated_unless_it_is_asked_for(background, keep_history, query):
    keep_history()
    run(background)
    run(background, force_retrain=True)
    run(background, force_retrain=True, activate=True)
    active = "SELECT model_id FROM predictor.model_activations WHERE deactivated_at IS NULL"
    assert query(active) == [(3,)]
    assert query("SELECT model_id FROM predictor.model_activations ORDER BY activation_id") == [(1,), (3,)]


def test_nothing_new_answers_the_model_that_there_is(background, keep_history):
    keep_history()
    _, first = run(background)
    view, is_new = submit(background)
    assert (is_new, view.job.job_id, view.model.model_id) == (False, first.job.job_id, 1)
    forced, is_new = submit(background, force_retrain=True)
    assert is_new
    assert forced.job.job_id != first.job.job_id


def test_new_samples_are_learnt(background, keep_history):
    keep_history()
    run(background)
    keep_history(fingerprints=61, seed=7)
    _, is_new = submit(background)
    assert is_new


def test_a_message_that_comes_twice_trains_once(background, keep_history, query):
    keep_history()
    ended, view = run(background)
    assert ended == "completed"
    assert background.training.run(view.job.job_id) == "not queued"
    assert query("SELECT count(*) FROM predictor.query_performance_models") == [(1,)]


def test_a_cancelled_job_is_not_trained_and_stays_cancelled(background, keep_history):
    keep_history()
    view, _ = submit(background)
    background.trainings.cancel(view.job.job_id)
    assert background.training.run(view.job.job_id) == "not queued"
    assert background.trainings.get(view.job.job_id).job.status == "cancelled"


def test_a_job_that_has_ended_cannot_be_cancelled(background, keep_history):
    keep_history()
    _, view = run(background)
    with pytest.raises(JobEnded, match="completed"):
        background.trainings.cancel(view.job.job_id)


class CancellingTraining(Training):
    """Cancels its job from outside at the second step."""

    cancel = None
    steps = 0

    def _step(self, claim, progress, step):
        self.steps += 1
        if self.steps == 2:
            self.cancel(claim.job_id)
        super()._step(claim, progress, step)


def test_a_job_that_is_cancelled_while_it_trains_stops_at_its_next_step(background, keep_history, query):
    keep_history()
    view, _ = submit(background)
    training = background.training
    stopping = CancellingTraining(training._session, training._context, training._rules)
    stopping.cancel = lambda job_id: query(
        "UPDATE predictor.training_jobs SET status = 'cancelled' WHERE job_id = :job_id", job_id=job_id
    )
    assert stopping.run(view.job.job_id) == "stopped"
    assert stopping.steps == 2
    assert query("SELECT count(*) FROM predictor.query_performance_models") == [(0,)]


def test_an_unforeseen_fault_ends_the_job_with_a_reason(background, keep_history, query):
    keep_history()
    view, _ = submit(background)
    query(
        "UPDATE predictor.training_jobs SET status = 'training', attempts = 1, heartbeat_at = now()"
        " WHERE job_id = :job_id",
        job_id=view.job.job_id,
    )
    background.training.fail_unexpectedly(view.job.job_id, MemoryError())
    job = background.trainings.get(view.job.job_id).job
    assert job.status == "failed"
    assert "MemoryError" in job.failure
