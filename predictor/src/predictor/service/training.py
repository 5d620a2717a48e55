"""Run one training job: the worker's use case."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from jobqueue.claims import ClaimLost, kept_alive
from predictor.learning.errors import LearningError
from predictor.learning.history import History
from predictor.learning.options import TrainingOptions
from predictor.learning.predictor import TrainedPredictor
from predictor.learning.training import train
from predictor.persistence.model.record import JobRecord
from predictor.persistence.repository.performance_models import NewModel, PerformanceModels
from predictor.persistence.repository.samples import SampleRows, Samples
from predictor.persistence.repository.training_jobs import Claim, TrainingJobs
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

FIRST = "the first model"
ASKED = "asked for with the training"


@dataclass(frozen=True)
class TrainingRules:
    """What a training is bound to.

    Args:
        seed: of every split and model.
        confidence_level: of the intervals that the report checks.
        least, most: samples that it needs, and that it reads.
        lease_seconds: a job without a sign for so long counts as lost.
    """

    seed: int
    confidence_level: float
    least: int
    most: int
    lease_seconds: int


class Training:
    """The use case of one job.

    Args:
        session: of the dataset database; each thread has its own.
        context: opens what a thread needs to use the session.
        rules: limits.
    """

    def __init__(
        self, session: AnySession, context: Callable[[], AbstractContextManager[object]], rules: TrainingRules
    ) -> None:
        self._session = session
        self._context = context
        self._rules = rules

    def run(self, job_id: str) -> str:
        """Train what the job asks for, and say how it ended.

        Does nothing for a job that is not queued: a message may come twice, or after a cancellation.
        """
        with transaction(self._session):
            jobs = TrainingJobs(self._session)
            claim, job = jobs.claim(job_id), jobs.get(job_id)
        if claim is None or job is None:
            return "not queued"
        try:
            with kept_alive(lambda: self._beat(claim), self._context, self._rules.lease_seconds):
                return self._trained(claim, job)
        except ClaimLost:
            log.info("training stopped", job_id=job_id)
            return "stopped"

    def _trained(self, claim: Claim, job: JobRecord) -> str:
        rows = self._read(job)
        samples = len(rows.query_hash)
        if samples < self._rules.least:
            reason = f"Insufficient training samples: {samples} < {self._rules.least}"
            return self._failed(claim, reason, samples)
        history = History(rows.query_hash, rows.window_start, rows.features, rows.execution_time_ms)
        options = TrainingOptions(seed=self._rules.seed, confidence_level=self._rules.confidence_level)
        try:
            trained = train(history, job.model_type, options, lambda *step: self._step(claim, *step))
        except LearningError as fault:
            return self._failed(claim, str(fault), samples)
        self._step(claim, 95, "storing the model")
        return self._completed(claim, job, rows, trained)

    def _read(self, job: JobRecord) -> SampleRows:
        with transaction(self._session):
            samples = Samples(self._session)
            return samples.newest(job.database_name, job.lookback_days, self._rules.most)

    def _completed(self, claim: Claim, job: JobRecord, rows: SampleRows, trained: TrainedPredictor) -> str:
        samples = len(rows.query_hash)
        new = _new_model(job, rows, trained)
        with transaction(self._session):
            models = PerformanceModels(self._session)
            model_id = models.add(new)
            if not TrainingJobs(self._session).complete(claim, model_id, samples):
                raise ClaimLost
            first = models.active_id() is None
            if job.activate or first:
                models.activate(model_id, ASKED if job.activate else FIRST, job.request_id)
        log.info("training completed", job_id=job.job_id, model_id=model_id, samples=samples)
        return "completed"

    def _failed(self, claim: Claim, reason: str, samples: int | None) -> str:
        with transaction(self._session):
            if not TrainingJobs(self._session).fail(claim, reason, samples):
                raise ClaimLost
        log.warning("training failed", job_id=claim.job_id, reason=reason)
        return "failed"

    def fail_unexpectedly(self, job_id: str, fault: BaseException) -> None:
        """End a job that is being trained with a fault nobody foresaw; its log has the details."""
        with transaction(self._session):
            jobs = TrainingJobs(self._session)
            job = jobs.get(job_id)
            if job is not None and job.status == "training":
                reason = (
                    f"The training broke off with {type(fault).__name__}; the worker's log has the details."
                )
                jobs.fail(Claim(job_id, job.attempts), reason, None)

    def _step(self, claim: Claim, progress: int, step: str) -> None:
        with transaction(self._session):
            held = TrainingJobs(self._session).beat(claim, progress, step)
        if not held:
            raise ClaimLost

    def _beat(self, claim: Claim) -> None:
        with transaction(self._session):
            TrainingJobs(self._session).beat(claim)


def _new_model(job: JobRecord, rows: SampleRows, trained: TrainedPredictor) -> NewModel:
    artifact = trained.dumps()
    report = dict(trained.report)
    return NewModel(
        job_id=job.job_id,
        database_name=job.database_name,
        lookback_days=job.lookback_days,
        model_type=job.model_type,
        training_samples=len(rows.query_hash),
        last_sample_id=rows.last_sample_id,
        r_squared=report["r_squared"],
        rmse=report["rmse"],
        mae=report["mae"],
        library_versions=report.pop("library_versions"),
        report=report,
        artifact=artifact,
        artifact_sha256=hashlib.sha256(artifact).hexdigest(),
    )
