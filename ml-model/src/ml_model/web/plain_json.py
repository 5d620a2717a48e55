"""Answers that are written by orjson as they are, arrays of numbers included."""

from typing import Any

import orjson
from flask import Response


def plain_json(document: Any, status: int = 200) -> Response:
    """Return a document as a JSON response."""
    return Response(encoded(document), status=status, mimetype="application/json")


def encoded(document: Any) -> bytes:
    """Write a document as JSON."""
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
