"""Calls to the MLflow server and to ml-model."""

import os

# MLflow decides at its import whether it phones home, so this stands before every import of it.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
