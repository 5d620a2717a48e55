"""Tracking: tunes models, keeps their runs in MLflow, compares them, and hands the chosen one to ml-model."""
