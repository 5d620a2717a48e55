"""What every metric of ours does alike: one result for each of the two sets, with no figure."""

from collections.abc import Callable
from typing import Any

from evidently.core.datasets import Dataset


def of_both(
    compute: Callable[[Dataset], Any], current: Dataset, reference: Dataset | None
) -> tuple[Any, Any | None]:
    """Return the result for the current set, and for the reference where there is one."""
    return _undrawn(compute(current)), None if reference is None else _undrawn(compute(reference))


def _undrawn(result: Any) -> Any:
    result.widget = []
    return result
