"""Families of queries: functions that put one together from chance; `{s}` stands for the schema."""
