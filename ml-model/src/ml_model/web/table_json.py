"""JSON of tables, in which Python's clients write NaN for what is missing."""

import json
from typing import Any

import orjson

from servicekit.web.raw_body import BrokenJson, json_value


def table_json(raw: bytes) -> Any:
    """Return the value that bytes are as JSON; the word NaN is read as null.

    Raises:
        BrokenJson: they are not JSON, or hold an infinity.
    """
    try:
        return json_value(raw)
    except BrokenJson:
        if b"NaN" not in raw:
            raise
    try:
        value = json.loads(raw, parse_constant={"NaN": None}.__getitem__)
        orjson.dumps(value)
    except KeyError as fault:
        raise BrokenJson("The body is not JSON: numbers must be finite.") from fault
    except (ValueError, TypeError, RecursionError) as fault:
        raise BrokenJson(f"The body is not JSON: {str(fault)[:100]}.") from fault
    if b"\\u0000" in raw:
        raise BrokenJson("Strings must not contain the NUL character.")
    return value
