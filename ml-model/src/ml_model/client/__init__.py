"""Calls to the MLflow server."""

import os

# MLflow looks at this while it is imported, so it is set before any module here imports it.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
