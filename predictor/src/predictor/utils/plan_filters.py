"""What a plan's filters cost: how many conditions are put to how many rows, and of what kind they are."""

import re
from collections.abc import Callable, Sequence

from predictor.utils.plan_walk import Step, total

LIKE = re.compile(r"~~")
"""PostgreSQL shows LIKE as `~~`, ILIKE as `~~*`, their negations with `!` before them."""

REGEX = re.compile(r"(?<!~)~(?!~)")

_QUOTED = re.compile(r"'(?:[^']|'')*'")
_CONNECTIVE = re.compile(r"\b(?:AND|OR)\b")
_COMPUTED = re.compile(r"[a-z_0-9)] [-+*/%] |\b[a-z_][a-z_0-9]*\(|SubPlan")


def filter_evaluations(steps: Sequence[Step]) -> float | None:
    """Return conditions times rows over all filters; None when a filtered table is not known."""
    return total(_evaluations(step) for step in steps)


def matched_rows(operator: re.Pattern[str]) -> Callable[[Sequence[Step]], float | None]:
    """Return a sum over the steps whose filter holds that operator: the rows that they look at."""
    return lambda steps: total(step.rows_read for step in steps if operator.search(_filters(step)))


def unestimated_conditions(steps: Sequence[Step]) -> float:
    """Return the number of conditions on an arithmetic expression, a function or a sub-query."""
    conditions = (condition for step in steps for condition in _CONNECTIVE.split(_filters(step)))
    return float(sum(bool(_COMPUTED.search(condition)) for condition in conditions))


def _filters(step: Step) -> str:
    """Return a step's filters without what stands in quotes."""
    return _QUOTED.sub(
        "''", " AND ".join(str(step.node[key]) for key in ("Filter", "Join Filter") if key in step.node)
    )


def _evaluations(step: Step) -> float | None:
    text = _filters(step)
    if not text:
        return 0.0
    return None if step.rows_read is None else step.rows_read * (1 + len(_CONNECTIVE.findall(text)))
