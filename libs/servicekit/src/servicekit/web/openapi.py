"""The OpenAPI 3.1 document, made from the schemas that validate requests and build answers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from servicekit.web.operation import Operation, described_operations
from servicekit.web.raw_body import JSON, RawBody
from servicekit.web.schema import ErrorAnswer
from servicekit.web.upload import MULTIPART, PART, FileBody

Mode = Literal["validation", "serialization"]
References = dict[tuple[type[BaseModel], Mode], Any]

_PATH_PARAMETER = re.compile(r"<(?:(?P<kind>[a-z]+):)?(?P<name>\w+)>")
_REF = "#/components/schemas/{model}"
_FILE = {"type": "string", "format": "binary"}


@dataclass(frozen=True)
class Route:
    """A resource class at a path in Flask's notation."""

    resource: type
    path: str


def document(title: str, version: str, description: str, routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI document of a service as plain data."""
    routes = list(routes)
    references, components = _schemas(routes)
    paths: dict[str, Any] = {}
    for route in routes:
        path = _PATH_PARAMETER.sub(r"{\g<name>}", route.path)
        operations = {
            method: _operation(route, method, described, references)
            for method, described in described_operations(route.resource).items()
        }
        paths.setdefault(path, {}).update(operations)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description, "license": {"name": "MIT"}},
        "paths": paths,
        "components": {"schemas": components},
    }


def _schemas(routes: list[Route]) -> tuple[References, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Mode], None] = {(ErrorAnswer, "serialization"): None}
    for route in routes:
        for described in described_operations(route.resource).values():
            answers = [model for model in described.answers.values() if not isinstance(model, tuple)]
            wanted.update({(model, "serialization"): None for model in answers})
            model = _body_model(described)
            if model is not None:
                wanted[(model, "validation")] = None
    references, definitions = models_json_schema(list(wanted), ref_template=_REF)
    return cast("References", references), {**_of_queries(routes), **definitions.get("$defs", {})}


def _of_queries(routes: list[Route]) -> dict[str, Any]:
    """Return the models inside of query strings and forms."""
    found: dict[str, Any] = {}
    for route in routes:
        for described in described_operations(route.resource).values():
            if described.query is not None:
                found |= described.query.model_json_schema(ref_template=_REF).get("$defs", {})
    return found


def _whole(media_type: str) -> dict[str, Any]:
    """Describe a file that is the whole body: JSON may be anything, as it is read line by line."""
    return {} if media_type == JSON else _FILE


def _body_model(described: Operation) -> type[BaseModel] | None:
    if isinstance(described.body, FileBody):
        return None
    return described.body.model if isinstance(described.body, RawBody) else described.body


def _operation(route: Route, method: str, described: Operation, references: References) -> dict[str, Any]:
    built: dict[str, Any] = {
        "summary": described.summary,
        "operationId": f"{method}{route.resource.__name__}",
        "parameters": [*_path_parameters(route.path), *_query_parameters(described)],
        "responses": _responses(described, references),
    }
    content = _request_content(described, references)
    if content:
        optional = isinstance(described.body, RawBody) and described.body.optional
        built["requestBody"] = {"required": not optional, "content": content}
    return built


def _request_content(described: Operation, references: References) -> dict[str, Any]:
    if described.body is None:
        return {}
    if not isinstance(described.body, FileBody):
        model = cast("type[BaseModel]", _body_model(described))
        others = described.body.others if isinstance(described.body, RawBody) else ()
        return {
            JSON: {"schema": references[(model, "validation")]},
            **{name: {"schema": _FILE} for name in others},
        }
    fields = {each["name"]: each["schema"] for each in _query_parameters(described)}
    form = {"type": "object", "properties": {PART: _FILE, **fields}, "required": [PART]}
    return {
        MULTIPART: {"schema": form},
        **{name: {"schema": _whole(name)} for name in described.body.media_types},
    }


def _responses(described: Operation, references: References) -> dict[str, Any]:
    models: dict[int, type[BaseModel] | tuple[str, ...]] = dict.fromkeys(
        described.error_statuses, ErrorAnswer
    )
    models.update(described.answers)
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": _answer_content(model, references),
        }
        for status, model in sorted(models.items(), key=lambda each: each[0])
    }


def _answer_content(model: type[BaseModel] | tuple[str, ...], references: References) -> dict[str, Any]:
    if isinstance(model, tuple):
        return {name: {"schema": _FILE} for name in model}
    return {"application/json": {"schema": references[(model, "serialization")]}}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    kinds = {"int": "integer", "float": "number"}
    return [
        {
            "name": match["name"],
            "in": "path",
            "required": True,
            "schema": {"type": kinds.get(match["kind"] or "", "string")},
        }
        for match in _PATH_PARAMETER.finditer(path)
    ]


def _query_parameters(described: Operation) -> list[dict[str, Any]]:
    if described.query is None:
        return []
    schema = described.query.model_json_schema(ref_template=_REF)
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": properties}
        for name, properties in schema.get("properties", {}).items()
    ]
