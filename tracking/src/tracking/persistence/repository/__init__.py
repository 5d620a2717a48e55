"""Queries on MLflow's database."""
