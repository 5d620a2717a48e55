"""Queries of ml-model; the caller's transaction is theirs."""
