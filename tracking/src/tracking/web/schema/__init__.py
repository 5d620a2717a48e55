"""Requests and answers of tracking."""
