"""Requests and answers about endpoints, versions and their statuses."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from ml_model.persistence.model.registry_record import (
    AlgorithmFilter,
    AlgorithmRecord,
    EndpointFilter,
    EndpointRecord,
    StatusFilter,
    StatusRecord,
)
from ml_model.service.model_sources import FromRegisteredModel, FromRun, FromTraining, Source
from ml_model.service.registration import Description, RegistrationOrder
from ml_model.service.registry import AlgorithmPage, EndpointPage, Paging, StatusPage
from ml_model.service.status_change import ROLLBACK, StatusOrder
from ml_model.web.schema.setting import ModelUri, RunId
from servicekit.web.schema import Answer, QueryString, RequestBody

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}$"
STATUSES = ("testing", "staging", "production", "ab_testing")


def _no_number(name: str) -> str:
    if name.isdigit():
        raise ValueError("must not be a number, because endpoints are found by number too")
    return name


def finite(value: Any) -> Any:
    """Give a JSON value back in which every number can be stored."""
    if isinstance(value, float) and value - value != 0:
        raise ValueError("must not contain numbers that are too large")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        finite(each)
    return value


RowId = Annotated[int, Field(ge=1, lt=2**63)]
Person = Annotated[str, StringConstraints(min_length=1, max_length=200)]
EndpointName = Annotated[str, StringConstraints(pattern=NAME), AfterValidator(_no_number)]
ModelName = Annotated[str, StringConstraints(pattern=NAME)]
VersionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+\-]{0,99}$")]
Text = Annotated[str, StringConstraints(max_length=10_000)]
Status = Literal["testing", "staging", "production", "ab_testing"]
Evidence = Annotated[dict[str, Any], AfterValidator(finite)]


class SourceRequest(RequestBody):
    """Where the model is: an MLflow run, a registered model, or a model that was trained by `/root/ml`."""

    run_id: RunId | None = None
    model_uri: ModelUri | None = Field(None, description="Which of the run's models; its last by default.")
    registered_model: Annotated[str, StringConstraints(min_length=1, max_length=250)] | None = None
    registered_version: Annotated[int, Field(ge=1, lt=2**31)] | None = Field(
        None, description="The newest by default."
    )
    trained: Literal[True] | None = Field(None, description="The trained model that is in use.")
    trained_model_id: RowId | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        from_training = self.trained is not None or self.trained_model_id is not None
        if [self.run_id is not None, self.registered_model is not None, from_training].count(True) != 1:
            raise ValueError("give one of run_id, registered_model, trained and trained_model_id")
        if self.model_uri is not None and self.run_id is None:
            raise ValueError("model_uri needs run_id, the run that the model belongs to")
        if self.registered_version is not None and self.registered_model is None:
            raise ValueError("registered_version needs registered_model")
        return self

    def source(self) -> Source:
        """Return the use case's own form."""
        if self.run_id is not None:
            return FromRun(self.run_id, self.model_uri)
        if self.registered_model is not None:
            version = None if self.registered_version is None else str(self.registered_version)
            return FromRegisteredModel(self.registered_model, version)
        return FromTraining(self.trained_model_id)


class RegistrationRequest(RequestBody):
    """A model that is to be a version of an endpoint, which is made if there is none of this name."""

    endpoint_name: EndpointName
    algorithm_name: ModelName
    algorithm_status: Status = Field("testing", description="What the version is used for at first.")
    algorithm_version: VersionName | None = Field(
        None, description="The number of the version, counted from 1, when it is left out."
    )
    owner: Person
    algorithm_description: Text = ""
    algorithm_code: Text = ""
    created_by: Person | None = Field(None, description="Who registers it; the owner by default.")
    source: SourceRequest
    force: bool = Field(
        default=False, description="Make another version of a model that is registered already."
    )

    def order(self) -> RegistrationOrder:
        """Return the use case's own form of this request."""
        described = Description(
            self.algorithm_name,
            self.owner,
            self.algorithm_description,
            self.algorithm_code,
            self.algorithm_version,
        )
        return RegistrationOrder(
            self.endpoint_name,
            described,
            self.source.source(),
            self.algorithm_status,
            self.created_by or self.owner,
            self.force,
        )


class StatusRequest(RequestBody):
    """A status that a version is to have."""

    parent_mlalgorithm: RowId = Field(description="Id of the version.")
    status: Status
    created_by: Person
    reason: Text = ""
    evidence: Evidence | None = Field(None, description="What speaks for it: figures, links.")

    @field_validator("evidence")
    @classmethod
    def _is_no_rollback(cls, evidence: dict[str, Any] | None) -> dict[str, Any] | None:
        if evidence is not None and ROLLBACK in evidence:
            raise ValueError(f"{ROLLBACK} is written by a rollback only")
        return evidence

    def order(self) -> StatusOrder:
        """Return the use case's own form of this request."""
        return StatusOrder(self.parent_mlalgorithm, self.status, self.created_by, self.reason, self.evidence)


class RollbackRequest(RequestBody):
    """Who goes back, and why."""

    created_by: Person
    reason: Text = ""


class Part(QueryString):
    """A part of a list."""

    limit: int = Field(100, ge=1, le=1000, description="Most entries to answer.")
    offset: int = Field(0, ge=0, le=10**9, description="Entries to leave out first.")

    def paging(self) -> Paging:
        """Return the use case's own form."""
        return Paging(self.limit, self.offset)


class EndpointsQuery(Part):
    """Which endpoints are wanted."""

    name: str | None = Field(None, max_length=200)
    owner: str | None = Field(None, max_length=200)

    def wanted(self) -> EndpointFilter:
        """Return the repository's own form."""
        return EndpointFilter(self.name, self.owner)


class AlgorithmsQuery(Part):
    """Which versions are wanted."""

    endpoint: str | None = Field(None, max_length=200, description="Name of the endpoint.")
    name: str | None = Field(None, max_length=200)
    version: str | None = Field(None, max_length=200)
    status: Status | None = None
    owner: str | None = Field(None, max_length=200)
    active: bool | None = Field(None, description="Whether they have a status now.")

    def wanted(self) -> AlgorithmFilter:
        """Return the repository's own form."""
        return AlgorithmFilter(self.endpoint, self.name, self.version, self.status, self.owner, self.active)


class StatusesQuery(Part):
    """Which entries of the history are wanted."""

    endpoint: str | None = Field(None, max_length=200, description="Name of the endpoint.")
    parent_mlalgorithm: int | None = Field(None, ge=1, lt=2**63, description="Id of a version.")
    name: str | None = Field(None, max_length=200, description="Name of versions.")
    version: str | None = Field(None, max_length=200)
    status: Status | None = None
    active: bool | None = Field(None, description="Whether they hold now.")

    def wanted(self) -> StatusFilter:
        """Return the repository's own form."""
        return StatusFilter(
            self.endpoint, self.parent_mlalgorithm, self.name, self.version, self.status, self.active
        )


class EndpointAnswer(Answer):
    """One endpoint."""

    id: int
    name: str
    owner: str
    created_at: datetime
    versions: int = Field(description="Number of versions.")
    production: str | None = Field(description="The version in production, as name:version.")
    production_mlalgorithm: int | None

    @classmethod
    def of(cls, record: EndpointRecord) -> "EndpointAnswer":
        """Return the answer for an endpoint."""
        return cls(
            id=record.endpoint_id,
            name=record.name,
            owner=record.owner,
            created_at=record.created_at,
            versions=record.versions,
            production=record.production,
            production_mlalgorithm=record.production_id,
        )


class EndpointsAnswer(Answer):
    """A page of endpoints, by name."""

    total: int
    limit: int
    offset: int
    endpoints: list[EndpointAnswer]

    @classmethod
    def of(cls, page: EndpointPage, part: Part) -> "EndpointsAnswer":
        """Return the answer for a page."""
        found = [EndpointAnswer.of(record) for record in page.endpoints]
        return cls(total=page.total, limit=part.limit, offset=part.offset, endpoints=found)


class AlgorithmAnswer(Answer):
    """One version of a model."""

    id: int
    name: str
    version: str
    number: int = Field(description="Counts the versions of the name at the endpoint from 1.")
    description: str
    code: str
    owner: str
    parent_endpoint: int
    endpoint: str = Field(description="Name of the endpoint.")
    status: str | None
    active: bool = Field(description="Whether the version has a status now.")
    created_at: datetime
    source: dict[str, Any] = Field(description="Where the model came from.")
    signature: dict[str, Any] = Field(description="Features in the model's order, and classes.")
    input_example: dict[str, Any]
    runtime: dict[str, Any] = Field(description="What answers, how fast, and why.")
    model_sha256: str
    compiled_sha256: str | None

    @classmethod
    def of(cls, record: AlgorithmRecord) -> "AlgorithmAnswer":
        """Return the answer for a version."""
        values = vars(record) | {
            "id": record.algorithm_id,
            "parent_endpoint": record.endpoint_id,
            "active": record.status is not None,
        }
        return cls(**{name: values[name] for name in cls.model_fields})


class AlgorithmsAnswer(Answer):
    """A page of versions, the newest first."""

    total: int
    limit: int
    offset: int
    mlalgorithms: list[AlgorithmAnswer]

    @classmethod
    def of(cls, page: AlgorithmPage, part: Part) -> "AlgorithmsAnswer":
        """Return the answer for a page."""
        found = [AlgorithmAnswer.of(record) for record in page.algorithms]
        return cls(total=page.total, limit=part.limit, offset=part.offset, mlalgorithms=found)


class StatusAnswer(Answer):
    """One entry of the history."""

    id: int
    status: str
    active: bool
    parent_mlalgorithm: int
    name: str
    version: str
    parent_endpoint: int
    endpoint: str
    created_by: str
    created_at: datetime
    ended_at: datetime | None
    reason: str
    evidence: dict[str, Any] | None

    @classmethod
    def of(cls, record: StatusRecord) -> "StatusAnswer":
        """Return the answer for an entry."""
        values = vars(record) | {
            "id": record.status_id,
            "parent_mlalgorithm": record.algorithm_id,
            "parent_endpoint": record.endpoint_id,
        }
        return cls(**{name: values[name] for name in cls.model_fields})


class StatusesAnswer(Answer):
    """A page of the history, the newest first."""

    total: int
    limit: int
    offset: int
    mlalgorithmstatuses: list[StatusAnswer]

    @classmethod
    def of(cls, page: StatusPage, part: Part) -> "StatusesAnswer":
        """Return the answer for a page."""
        found = [StatusAnswer.of(record) for record in page.statuses]
        return cls(total=page.total, limit=part.limit, offset=part.offset, mlalgorithmstatuses=found)
