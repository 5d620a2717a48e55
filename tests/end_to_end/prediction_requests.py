"""Requests to predictor, as the tests send them."""

import csv
import io
import math
import random
import time
from datetime import UTC, datetime, timedelta

from running_stack import RunningStack

HISTORY = "/api/history"
MODELS = "/api/models"
PREDICT = "/api/predict/query-execution"
STATUS = "/api/status"
TRAIN = "/api/train/performance-model"
VALIDATE = "/api/validate/prediction"

DATABASE = "pganalytics"
FIRST_HASH = 4001
TRAINING_SECONDS = 300
ENDED = {"completed", "failed", "cancelled"}


def history_csv(queries: int = 40, windows: int = 5, seed: int = 42) -> str:
    """Return a file of history whose times follow the planner's cost, with windows of the last days."""
    draw = random.Random(seed)  # noqa: S311 - the same rows each time
    newest = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    text = io.StringIO()
    writer = csv.writer(text)
    names = ["plan_total_cost", "plan_rows_processed", "has_seq_scan", "concurrent_queries_avg"]
    writer.writerow(["query_hash", "window_start", *names, "execution_time_ms", "calls"])
    for number in range(queries):
        cost = math.exp(draw.uniform(2, 11))
        for window in range(windows):
            start = newest - timedelta(hours=12 * (windows - window))
            milliseconds = 0.01 * cost * math.exp(draw.gauss(0, 0.2))
            features = [f"{cost:.2f}", round(cost * 20), int(cost > 5000), draw.randint(1, 8)]
            writer.writerow(
                [
                    FIRST_HASH + number,
                    start.isoformat(),
                    *features,
                    f"{milliseconds:.4f}",
                    draw.randint(1, 50),
                ]
            )
    return text.getvalue()


def import_history(stack: RunningStack, text: str, database_name: str = DATABASE) -> dict:
    """Load a CSV of history."""
    headers = {"Content-Type": "text/csv"}
    query = {"database_name": database_name}
    return stack.asked("predictor", "POST", HISTORY, params=query, content=text, headers=headers)


def training(model_type: str, **more: object) -> dict:
    """Return the body of the guide's request for a training."""
    return {"database_name": DATABASE, "lookback_days": 30, "model_type": model_type, **more}


def wait_for_job(stack: RunningStack, job_id: str, seconds: float = TRAINING_SECONDS) -> dict:
    """Return a job as it is when it has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = stack.asked("predictor", "GET", f"{TRAIN}/{job_id}")
        if job["status"] in ENDED:
            return job
        time.sleep(0.2)
    raise AssertionError(f"job {job_id} is {job['status']} after {seconds} s: {job}\n{stack.ends_of_logs()}")


def trained(stack: RunningStack, model_type: str, **more: object) -> dict:
    """Train, wait, and return the completed job."""
    answer = stack.asked("predictor", "POST", TRAIN, json=training(model_type, **more))
    job = wait_for_job(stack, answer["job_id"])
    assert job["status"] == "completed", job
    return job


def predict(stack: RunningStack, query_hash: int = FIRST_HASH, **more: object) -> dict:
    """Predict a query of the guide's database."""
    return stack.asked("predictor", "POST", PREDICT, json={"query_hash": query_hash, **more})


def validate(stack: RunningStack, prediction_id: str, milliseconds: float) -> dict:
    """Tell what a predicted query really took."""
    body = {"prediction_id": prediction_id, "actual_execution_time_ms": milliseconds}
    return stack.asked("predictor", "POST", VALIDATE, json=body)


def teach(stack: RunningStack) -> dict:
    """Give the stack a history and an active model; return the job."""
    import_history(stack, history_csv())
    return trained(stack, "linear_regression", activate=True)
