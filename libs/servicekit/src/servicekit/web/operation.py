"""Operations: a handler with the schemas that validate its request, build its answer and document both."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from flask import Response
from pydantic import BaseModel

from servicekit.errors import Invalid, ServiceError, TooLarge, Unavailable, WrongContentType
from servicekit.web.parsing import read_body, read_query
from servicekit.web.raw_body import RawBody, RawContent, read_raw
from servicekit.web.schema import QueryString
from servicekit.web.upload import FileBody, read_file

Handler = TypeVar("Handler", bound=Callable[..., Any])

ATTRIBUTE = "__operation__"

Answers = Mapping[int, type[BaseModel] | tuple[str, ...]]
Body = type[BaseModel] | FileBody | RawBody


@dataclass(frozen=True)
class Operation:
    """What one HTTP method of a resource takes and answers.

    Args:
        summary: one line for the documentation.
        answers: for each successful status the model, or the media types of what is not JSON.
        body: model of the JSON body, or that it is a file or raw; the handler gets model, bytes or content
            as `body`.
        query: model of the query string (and of a file's form fields); the handler gets it as `query`.
        errors: error classes that the use case may raise, beside those of parsing.
    """

    summary: str
    answers: Answers
    body: Body | None = None
    query: type[QueryString] | None = None
    errors: tuple[type[ServiceError], ...] = ()

    @property
    def error_statuses(self) -> list[int]:
        """Return every error status that this operation may answer, sorted."""
        statuses = {error.status for error in self.errors}
        if self.body is not None:
            statuses |= {Invalid.status, WrongContentType.status, TooLarge.status}
        if self.query is not None:
            statuses.add(Invalid.status)
        return sorted(statuses | {ServiceError.status, Unavailable.status})


def operation(
    summary: str,
    answers: Answers,
    *,
    body: Body | None = None,
    query: type[QueryString] | None = None,
    errors: tuple[type[ServiceError], ...] = (),
) -> Callable[[Handler], Handler]:
    """Validate what comes in, serialize what goes out, and keep both for the documentation.

    The handler returns an answer model (sent with the first status of `answers`), a pair of model and
    status, or a finished Response.
    """
    described = Operation(summary, answers, body, query, errors)

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def handle(*args: Any, **path_parameters: Any) -> Response:
            if body is not None:
                path_parameters["body"] = _read(body)
            if query is not None:
                path_parameters["query"] = read_query(query, with_form=isinstance(body, FileBody))
            return _respond(handler(*args, **path_parameters), next(iter(answers)))

        setattr(handle, ATTRIBUTE, described)
        return handle  # type: ignore[return-value]

    return decorate


def _read(body: Body) -> BaseModel | bytes | IO[bytes] | RawContent:
    if isinstance(body, RawBody):
        return read_raw(body)
    return read_file(body) if isinstance(body, FileBody) else read_body(body)


def _respond(result: Any, default_status: int) -> Response:
    if isinstance(result, Response):
        return result
    model, status = result if isinstance(result, tuple) else (result, default_status)
    return json_response(model, status)


def json_response(model: BaseModel, status: int) -> Response:
    """Return a model as a JSON response."""
    return Response(model.model_dump_json(), status=status, mimetype="application/json")


def described_operations(resource: type) -> dict[str, Operation]:
    """Return the operations of a resource class by HTTP method in lower case."""
    found = {}
    for method in ("get", "post", "put", "patch", "delete"):
        described = getattr(getattr(resource, method, None), ATTRIBUTE, None)
        if described is not None:
            found[method] = described
    return found
