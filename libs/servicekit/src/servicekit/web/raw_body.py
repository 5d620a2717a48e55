"""Bodies that a model describes for the documentation and that the handler reads itself.

For what is large or has keys of its own: tensors and tables, read by orjson and numpy.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from flask import current_app, request
from pydantic import BaseModel
from werkzeug.exceptions import RequestEntityTooLarge

from servicekit.errors import Invalid, TooLarge, WrongContentType

JSON = "application/json"


class BrokenJson(Invalid):
    """The body cannot be read as JSON."""

    error = "Broken JSON"


@dataclass(frozen=True)
class RawBody:
    """A body that is handed on as it came.

    Args:
        model: describes it where it is JSON.
        others: media types as which it may be sent beside JSON.
        limit: name of the service's setting that tells how many bytes it may have.
        silent_is_json: whether a body without a Content-Type is taken for JSON.
        optional: whether there may be none.
    """

    model: type[BaseModel]
    others: tuple[str, ...] = ()
    limit: str = "max_body_bytes"
    silent_is_json: bool = False
    optional: bool = False


@dataclass(frozen=True)
class RawContent:
    """What came as a body."""

    data: bytes
    media_type: str

    def json(self) -> Any:
        """Return the value that the body is as JSON; None for an empty body.

        Raises:
            BrokenJson: the text is not JSON.
        """
        return json_value(self.data) if self.data else None


def json_value(raw: bytes) -> Any:
    """Return the value that bytes are as JSON (NaN and NUL characters are not JSON values here).

    Raises:
        BrokenJson: they are not JSON.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise BrokenJson(f"The body is not JSON: {fault.msg} (line {fault.lineno}).") from fault
    if b"\\" in raw and b"\\u0000" in raw:  # the first look takes a thirtieth of the second
        raise BrokenJson("Strings must not contain the NUL character.")
    return value


def read_raw(body: RawBody) -> RawContent:
    """Return the request's body with its media type.

    Raises:
        WrongContentType: the media type is none of those that the body may have.
        TooLarge: the body has more bytes than the setting allows.
        Invalid: there is no body.
    """
    most: int = getattr(current_app.extensions["service_settings"], body.limit)
    request.max_content_length = most
    try:
        data = request.get_data(cache=False)
    except RequestEntityTooLarge as fault:
        limit = body.limit.upper()
        raise TooLarge(f"Send at most {most} bytes; the limit is the setting {limit}.") from fault
    media_type = _media_type(body)
    if media_type is None and (data or not body.optional):
        known = " or ".join((JSON, *body.others))
        raise WrongContentType(f"Send the body with the header Content-Type: {known}.")
    if not data and not body.optional:
        raise BrokenJson("The body is empty; it must not be.")
    return RawContent(data, media_type or JSON)


def _media_type(body: RawBody) -> str | None:
    if request.is_json or (body.silent_is_json and not request.mimetype):
        return JSON
    return request.mimetype if request.mimetype in body.others else None
