"""Evidently reports, tests and summaries; decides when to re-train."""
