"""Conditions on one column; how many rows they let through is fixed for each, only the constants vary."""

from predictor.workload.draft import Draft, Predicate
from predictor.workload.draws import DayRange, Draw, Number, NumberRange, Several


def compare(column: str, operator: str, draw: Draw) -> Predicate:
    """Compare a column with one constant."""

    def condition(draft: Draft, alias: str) -> str:
        return f"{alias}.{column} {operator} {draft.one(draw)}"

    return Predicate(column, condition)


def between(column: str, draw: NumberRange | DayRange) -> Predicate:
    """Keep a column between two constants."""

    def condition(draft: Draft, alias: str) -> str:
        low, high = draft.put(draw)
        return f"{alias}.{column} BETWEEN {low} AND {high}"

    return Predicate(column, condition)


def half_open(column: str, draw: NumberRange | DayRange) -> Predicate:
    """Keep a column from one constant up to, but not including, another."""

    def condition(draft: Draft, alias: str) -> str:
        low, high = draft.put(draw)
        return f"{alias}.{column} >= {low} AND {alias}.{column} < {high}"

    return Predicate(column, condition)


def among(column: str, draw: Draw, low: int, high: int) -> Predicate:
    """Keep a column within a list of `low` to `high` constants."""
    return _listed(column, "IN", Several(draw, low, high))


def outside(column: str, draw: Draw, low: int, high: int) -> Predicate:
    """Keep a column off a list of `low` to `high` constants."""
    return _listed(column, "NOT IN", Several(draw, low, high))


def _listed(column: str, operator: str, draw: Several) -> Predicate:
    def condition(draft: Draft, alias: str) -> str:
        return f"{alias}.{column} {operator} ({draft.one(draw)})"

    return Predicate(column, condition)


def remainder(column: str, divisor: int) -> Predicate:
    """Keep every so many-th row by a remainder, which no index and no statistics know."""

    def condition(draft: Draft, alias: str) -> str:
        by = draft.one(Number(divisor, divisor))
        return f"{alias}.{column} % {by} = {draft.one(Number(0, divisor - 1))}"

    return Predicate(column, condition)


def called(function: str, column: str, operator: str, draw: Draw) -> Predicate:
    """Compare a function of a column with one constant."""

    def condition(draft: Draft, alias: str) -> str:
        return f"{function}({alias}.{column}) {operator} {draft.one(draw)}"

    return Predicate(column, condition)


def flag(column: str) -> Predicate:
    """Keep the rows whose column is true."""

    def condition(draft: Draft, alias: str) -> str:  # noqa: ARG001
        return f"{alias}.{column}"

    return Predicate(column, condition)
