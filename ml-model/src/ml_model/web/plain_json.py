"""Answers that are written by orjson as they are, arrays of numbers included."""

from typing import Any

import orjson
from flask import Response


def plain_json(document: Any, status: int = 200) -> Response:
    """Return a document as a JSON response."""
    text = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(text, status=status, mimetype="application/json")
