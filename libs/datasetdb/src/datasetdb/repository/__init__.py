"""Queries on the dataset database; the caller's transaction is theirs."""
