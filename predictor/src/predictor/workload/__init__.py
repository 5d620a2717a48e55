"""A database with queries that make history on an empty machine."""
