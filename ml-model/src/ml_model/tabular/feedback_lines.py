"""Files of true labels: CSV with a header, or a JSON list."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import orjson

from ml_model.tabular.faults import FileRefused

NAMES = ("request_id", "feedback", "replace")
MOST_JSON_BYTES = 16 * 1024 * 1024
TRUE, FALSE = {"true", "1", "yes"}, {"", "false", "0", "no"}


@dataclass(frozen=True)
class FeedbackLine:
    """One line; `fault` says what is wrong with it. With `as_text` the label is text that stands for one."""

    line: int
    request_id: str = ""
    label: Any = None
    replace: bool = False
    as_text: bool = False
    fault: str | None = None


def feedback_lines(file: IO[bytes]) -> Iterator[FeedbackLine]:
    """Read line after line.

    Raises:
        FileRefused: it is neither, or has not the columns.
    """
    start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    return _json(file) if start[:1] in (b"[", b"{") else _csv(file)


def _csv(file: IO[bytes]) -> Iterator[FeedbackLine]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    try:
        reader = csv.reader(text, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
        except csv.Error as fault:
            raise FileRefused(f"The header cannot be read: {fault}.") from fault
        if any(header.count(name) != 1 for name in NAMES[:2]) or header.count("replace") > 1:
            raise FileRefused(
                "Put a header with request_id, feedback and perhaps replace into the first line, separated "
                "by commas.",
                tuple(
                    {"field": name, "reason": "column is missing"} for name in NAMES[:2] if name not in header
                ),
            )
        yield from _records(reader, header)
    finally:
        text.detach()


def _records(reader: Any, header: list[str]) -> Iterator[FeedbackLine]:
    places = {name: header.index(name) for name in NAMES if name in header}
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield FeedbackLine(line, fault=f"cannot be read: {fault}")
            continue
        if not record:
            continue
        if len(record) != len(header):
            yield FeedbackLine(line, fault=f"has {len(record)} values instead of {len(header)}")
            continue
        values = {name: record[place] for name, place in places.items()}
        yield _of_text(line, values)


def _of_text(line: int, values: dict[str, str]) -> FeedbackLine:
    replace = values.get("replace", "").strip().lower()
    request_id = values["request_id"].strip()
    if replace not in TRUE | FALSE:
        return FeedbackLine(line, request_id, fault="replace is neither true nor false")
    if not request_id or not values["feedback"] or "\x00" in request_id + values["feedback"]:
        return FeedbackLine(line, request_id.replace("\x00", ""), fault="request_id or feedback is missing")
    return FeedbackLine(line, request_id, values["feedback"], replace in TRUE, as_text=True)


def _json(file: IO[bytes]) -> Iterator[FeedbackLine]:
    raw = file.read(MOST_JSON_BYTES + 1)
    if len(raw) > MOST_JSON_BYTES:
        raise FileRefused(f"Send more than {MOST_JSON_BYTES} bytes as CSV, which is read line by line.")
    try:
        given = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise FileRefused(f"The file is no JSON: {fault.msg} (line {fault.lineno}).") from fault
    if not isinstance(given, list):
        raise FileRefused('Send a JSON list of objects: [{"request_id": …, "feedback": …}, …].')
    for number, one in enumerate(given, start=1):
        yield _of_json(number, one)


def _of_json(number: int, one: Any) -> FeedbackLine:
    if not isinstance(one, dict) or not set(one) <= set(NAMES):
        return FeedbackLine(number, fault="is no object of request_id, feedback and replace")
    request_id, label, replace = one.get("request_id"), one.get("feedback"), one.get("replace", False)
    if not isinstance(request_id, str) or not request_id or "\x00" in request_id:
        return FeedbackLine(number, fault="request_id is missing or no text")
    if not isinstance(label, str | int | float | bool) or (isinstance(label, str) and "\x00" in label):
        return FeedbackLine(number, request_id, fault="feedback is missing or no label")
    if not isinstance(replace, bool):
        return FeedbackLine(number, request_id, fault="replace is neither true nor false")
    return FeedbackLine(number, request_id, label, replace)
