"""Base models of requests and answers, and the one error shape."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class RequestBody(BaseModel):
    """A JSON body: strict types, no unknown keys, no NaN."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class QueryString(BaseModel):
    """Query parameters: read from text, no unknown names."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Answer(BaseModel):
    """A JSON answer, built from keyword arguments."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())


class ErrorAnswer(Answer):
    """What every error looks like."""

    error: str = Field(description="Short and stable.")
    message: str = Field(description="What to do about it.")
    request_id: str | None
    details: list[dict[str, Any]] = Field(description="One entry for each single fault.")


class HealthAnswer(Answer):
    """The process can answer."""

    status: Literal["healthy"] = "healthy"
    service: str


class ReadyAnswer(Answer):
    """Whether everything that the service needs answers."""

    status: Literal["ready", "not ready"]
    checks: dict[str, str] = Field(description="`ok`, or what is wrong, for each dependency.")
