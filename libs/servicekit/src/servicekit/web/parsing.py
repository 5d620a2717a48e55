"""Reading a request's body and query string into models, with errors that name the field."""

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from servicekit.errors import Invalid, WrongContentType
from servicekit.web.raw_body import json_value
from servicekit.web.schema import QueryString

Body = TypeVar("Body", bound=BaseModel)
Query = TypeVar("Query", bound=QueryString)

LOUD_ECHO_CHARACTERS = 100


class InvalidRequest(Invalid):
    """Fields that are missing, unknown or of a wrong type or value."""

    error = "Invalid request"

    def __init__(self, fault: ValidationError, place: str) -> None:
        details = [
            {
                "field": ".".join(str(part) for part in each["loc"]) or place,
                "reason": each["msg"],
                "type": each["type"],
            }
            for each in fault.errors(include_url=False, include_context=False, include_input=False)
        ]
        listed = "; ".join(f"{detail['field']}: {_lower_first(detail['reason'])}" for detail in details[:5])
        super().__init__(f"Correct the {place}: {listed}.", details)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def read_body(model: type[Body]) -> Body:
    """Return the request's JSON body as the model.

    Raises:
        WrongContentType: the content type is not JSON.
        BrokenJson: the text is not JSON (NaN and NUL characters are not JSON values here).
        InvalidRequest: a field is missing, unknown or of a wrong type.
    """
    if not request.is_json:
        raise WrongContentType("Send a JSON object with the header Content-Type: application/json.")
    raw = request.get_data(cache=False)
    return read_model(model, raw)


def read_model(model: type[Body], raw: bytes) -> Body:
    """Return bytes of JSON as the model.

    Raises:
        BrokenJson: the text is not JSON (NaN and NUL characters are not JSON values here).
        InvalidRequest: a field is missing, unknown or of a wrong type.
    """
    json_value(raw)
    try:
        return model.model_validate_json(raw)
    except ValidationError as fault:
        raise InvalidRequest(fault, "body") from fault


def read_query(model: type[Query], *, with_form: bool = False) -> Query:
    """Return the request's query string, with a form's fields or without, as the model.

    Raises:
        InvalidRequest: a parameter is missing, unknown, repeated or of a wrong type.
    """
    try:
        return model.model_validate(_single_values(request.values if with_form else request.args))
    except ValidationError as fault:
        raise InvalidRequest(fault, "query string") from fault


def _single_values(arguments: MultiDict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, given in arguments.lists():
        if len(given) > 1:
            raise Invalid(f"Give the parameter {name[:LOUD_ECHO_CHARACTERS]!r} once.")
        if "\x00" in given[0]:
            raise Invalid("Parameters must not contain the NUL character.")
        values[name] = given[0]
    return values
