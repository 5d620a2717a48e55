"""Requests and answers of ml-model."""
