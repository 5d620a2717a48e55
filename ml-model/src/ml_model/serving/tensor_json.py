"""Large tensors out of JSON, without a Python object for each number."""

import threading
from typing import Any

import numpy as np
import simdjson

FEWEST_BYTES = 4096
"""Below this the objects cost less than a second way."""


class _Parsers(threading.local):
    """A parser for each thread: it keeps its memory, and can be used by one at a time."""

    def __init__(self) -> None:
        self.own = simdjson.Parser()


_parsers = _Parsers()


def tensor_document(raw: bytes) -> dict[str, Any] | None:
    """Read a request of the Open Inference Protocol whose tensors are flat lists of numbers.

    Each `data` is a float64 array, everything else as JSON has it. None for any other request, and for what
    is no JSON: another way reads it and tells what is wrong with it.
    """
    if len(raw) < FEWEST_BYTES or b"\\" in raw:
        return None
    try:
        document: Any = _parsers.own.parse(raw)
        if not isinstance(document, simdjson.Object):
            return None
        found = _members(document, but="inputs")
        inputs: Any = document["inputs"]
        found["inputs"] = [_tensor(tensor) for tensor in inputs]
    except (ValueError, TypeError, KeyError, RuntimeError, AttributeError):
        return None
    lists = _flat_lists(found)
    return found if _count(raw, b"[", lists) == lists else None


def _count(raw: bytes, mark: bytes, most: int) -> int:
    """Count a rare mark, but not much further than `most`: quicker than to look at every byte."""
    found, place = 0, raw.find(mark)
    while place >= 0 and found <= most:
        found, place = found + 1, raw.find(mark, place + 1)
    return found


def _flat_lists(document: dict[str, Any]) -> int:
    """Count the lists of a request whose every tensor is flat: shape and data of each, and two of tensors."""
    return 2 * len(document["inputs"]) + 1 + ("outputs" in document)


def _tensor(tensor: Any) -> dict[str, Any]:
    return _members(tensor, but="data") | {"data": np.frombuffer(tensor["data"].as_buffer(of_type="d"))}


def _members(document: simdjson.Object, but: str) -> dict[str, Any]:
    """Read all members but one; a look at that one as a member would make an object of each number."""
    names = list(document.keys())
    if len(set(names)) < len(names):
        raise ValueError("of members with one name, the last one counts")
    return {name: _plain(document[name]) for name in names if name != but}


def _plain(value: Any) -> Any:
    if isinstance(value, simdjson.Object):
        return value.as_dict()
    return value.as_list() if isinstance(value, simdjson.Array) else value
