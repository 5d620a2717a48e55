"""Numbers that come as text."""

LONGEST_ROW_NUMBER = 18
"""Digits; a longer one does not fit a bigint column for sure."""


def row_number(text: str) -> int | None:
    """Return the number of a row that a path names; None where no row can have it."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ROW_NUMBER
    return int(text) if is_number else None
