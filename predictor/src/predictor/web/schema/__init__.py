"""Requests and answers of predictor."""
