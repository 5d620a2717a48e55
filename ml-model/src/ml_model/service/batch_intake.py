"""Take a file: predict it at once, or have a job made of it."""

import os
from dataclasses import dataclass
from typing import IO

from ml_model.persistence.model.batch_record import BatchRecord
from ml_model.service.batch_prediction import BatchOrder, BatchPrediction, BegunBatch
from ml_model.service.batch_requests import BatchRequests
from ml_model.tabular.opening import parquet_rows


@dataclass(frozen=True)
class IntakeLimits:
    """The largest file that is answered at once."""

    file_bytes: int
    parquet_rows: int


class BatchIntake:
    """The use case of a file that comes in."""

    def __init__(self, at_once: BatchPrediction, jobs: BatchRequests, limits: IntakeLimits) -> None:
        self._at_once = at_once
        self._jobs = jobs
        self._limits = limits

    def take(self, order: BatchOrder, file: IO[bytes], *, in_background: bool) -> BegunBatch | BatchRecord:
        """Begin to predict a file, or queue it; a queued file is kept, and closed.

        Raises:
            what BatchOpening.open raises
        """
        try:
            if not in_background and self._fits(file):
                return self._at_once.begin(order, file)
            queued = self._jobs.submit(order, file)
        except BaseException:
            file.close()
            raise
        file.close()
        return queued

    def _fits(self, file: IO[bytes]) -> bool:
        if file.seek(0, os.SEEK_END) > self._limits.file_bytes:
            return False
        return parquet_rows(file) <= self._limits.parquet_rows
