"""Reading a request's body that is a file: raw, or as a part of multipart/form-data."""

import os
import tempfile
from dataclasses import dataclass
from typing import IO

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from servicekit.errors import Invalid, TooLarge, WrongContentType

MULTIPART = "multipart/form-data"
PART = "file"
PIECE_BYTES = 1024 * 1024
ENVELOPE_BYTES = 64 * 1024
"""What the boundaries and other fields of a multipart body may take beside the file."""


@dataclass(frozen=True)
class FileBody:
    """A body that is a file.

    Args:
        media_types: as which it may be sent when it is the whole body; in a multipart body any will do.
        limit: name of the service's setting that tells how many bytes it may have.
        spooled: hand over an open temporary file, which the receiver closes, instead of its bytes.
    """

    media_types: tuple[str, ...]
    limit: str
    spooled: bool = False


def read_file(body: FileBody) -> bytes | IO[bytes]:
    """Return the file that the request carries, as bytes or as an open temporary file.

    Raises:
        WrongContentType: the body is neither multipart nor of one of the file's media types.
        TooLarge: the file has more bytes than the setting allows.
        Invalid: there is no file, several, or an empty one.
    """
    most: int = getattr(current_app.extensions["service_settings"], body.limit)
    request.max_content_length = most + ENVELOPE_BYTES
    try:
        if body.spooled:
            return _spooled(body, most)
        raw = _part().read() if request.mimetype == MULTIPART else _whole(body)
    except RequestEntityTooLarge as fault:
        raise _too_large(body, most) from fault
    if len(raw) > most:
        raise _too_large(body, most)
    if not raw:
        raise Invalid("The file is empty.", [{"field": PART, "reason": "is empty"}])
    return raw


def _part() -> IO[bytes]:
    files = request.files.getlist(PART)
    if len(files) != 1 or len(request.files) != 1:
        reason = f"Send one file, as the part {PART!r} with a file name."
        raise Invalid(reason, [{"field": PART, "reason": f"{len(files)} files were sent"}])
    return files[0].stream


def _whole(body: FileBody) -> bytes:
    _check_type(body)
    return request.get_data(cache=False)


def _check_type(body: FileBody) -> None:
    if request.mimetype not in body.media_types:
        known = ", ".join((MULTIPART, *body.media_types))
        raise WrongContentType(f"Send the file with one of these as Content-Type: {known}.")


def _spooled(body: FileBody, most: int) -> IO[bytes]:
    """Return the file without ever having it in memory."""
    if request.mimetype == MULTIPART:
        # werkzeug closes its own at the end of the request; an answer may be streamed longer than that.
        spooled: IO[bytes] = os.fdopen(os.dup(_part().fileno()), "rb")
    else:
        _check_type(body)
        spooled = tempfile.TemporaryFile()  # noqa: SIM115 - the receiver closes it
        while piece := request.stream.read(PIECE_BYTES):
            spooled.write(piece)
    size = spooled.seek(0, os.SEEK_END)
    spooled.seek(0)
    if 0 < size <= most:
        return spooled
    spooled.close()
    if size:
        raise _too_large(body, most)
    raise Invalid("The file is empty.", [{"field": PART, "reason": "is empty"}])


def _too_large(body: FileBody, most: int) -> TooLarge:
    return TooLarge(f"Send a file of at most {most} bytes; the limit is the setting {body.limit.upper()}.")
