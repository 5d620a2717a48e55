"""Values as JSON can hold them: NaN and infinities become null, numpy's numbers become Python's."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def json_value(value: Any) -> Any:
    """Return the value with everything in it that JSON does not know replaced.

    Keys of mappings become text, numbers that are not finite become None, anything unknown becomes text.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(json_value(key)): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [json_value(item) for item in value]
    return str(value)
