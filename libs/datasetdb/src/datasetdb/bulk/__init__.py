"""Rows to and from PostgreSQL's COPY, whole columns at a time."""
