"""Queries on predictor's tables."""
