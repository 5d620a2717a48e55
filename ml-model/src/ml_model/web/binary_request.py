"""Requests of the Open Inference Protocol as they travel: JSON alone, or with binary tensors behind it."""

from typing import Any

from flask import request

from ml_model.serving.binary_tensors import with_binary_data
from ml_model.serving.tensor_json import tensor_document
from servicekit.errors import Invalid
from servicekit.web.raw_body import RawContent, json_value

HEADER = "Inference-Header-Content-Length"
IN_ENVIRON = "HTTP_" + HEADER.upper().replace("-", "_")
BINARY = "application/octet-stream"
MOST_DIGITS = 12


def plain_document(raw: bytes) -> Any:
    """Read the JSON of a request without binary tensors.

    Raises:
        BrokenJson
    """
    large = tensor_document(raw)
    return json_value(raw) if large is None else large


def inference_document(content: RawContent) -> Any:
    """Return the request's JSON, with binary tensors as its `data`.

    Raises:
        Invalid: the header that tells where the JSON ends is missing or wrong.
        BrokenJson: the JSON is broken.
        RowsRefused: the binary tensors do not fit.
    """
    length = request.headers.get(HEADER)
    if length is None and content.media_type != BINARY:
        return plain_document(content.data)
    end = int(length) if length is not None and length.isdecimal() and len(length) <= MOST_DIGITS else -1
    if not 0 <= end <= len(content.data):
        raise Invalid(
            f"Say in the header {HEADER} how many bytes of JSON the body begins with.",
            [{"field": HEADER, "reason": "is missing, no number, or beyond the body"}],
        )
    return with_binary_data(json_value(content.data[:end]), content.data[end:])
