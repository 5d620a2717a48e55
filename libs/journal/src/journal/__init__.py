"""Rows that are kept on the disk at once and carried to PostgreSQL in groups."""

from journal.carrying import Journal, JournalFull, JournalRefused, JournalRules
from journal.settings import JournalSettings
from journal.statement import insert_statement, json_array

__all__ = [
    "Journal",
    "JournalFull",
    "JournalRefused",
    "JournalRules",
    "JournalSettings",
    "insert_statement",
    "json_array",
]
