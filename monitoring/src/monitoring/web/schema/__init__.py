"""Requests and answers of monitoring."""
