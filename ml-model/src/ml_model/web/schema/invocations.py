"""Requests and answers of MLflow's scoring protocol."""

from typing import Any

from pydantic import Field

from servicekit.web.schema import Answer, QueryString, RequestBody


class SplitTable(RequestBody):
    """A table as pandas' `to_dict("split")` writes it; without `columns` in the model's order."""

    columns: list[str] | None = None
    index: list[Any] | None = None
    data: list[list[Any]] = Field(min_length=1)


class InvocationBody(RequestBody):
    """A table in exactly one of four forms; `params` must be empty or left out. NaN is read as null."""

    dataframe_split: SplitTable | None = None
    dataframe_records: list[dict[str, Any]] | None = Field(None, min_length=1)
    instances: list[list[Any] | dict[str, Any]] | None = Field(None, min_length=1)
    inputs: list[list[Any] | dict[str, Any]] | dict[str, Any] | None = None
    params: dict[str, Any] | None = None


class InvocationQuery(QueryString):
    """Which model is to answer."""

    endpoint: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="Default: the setting INVOCATIONS_ENDPOINT, or the only endpoint that serves a model.",
    )
    version: str | None = Field(None, min_length=1, max_length=300)
    subject: str | None = Field(
        None, min_length=1, max_length=300, description="Whom it is about: keeps the arm of an A/B test."
    )


class InvocationAnswer(Answer):
    """The labels in the order of the rows, and which version gave them."""

    predictions: list[Any]
    model_name: str
    model_version: str
    request_ids: list[str]
