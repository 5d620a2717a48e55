"""Requests and answers about what is deployed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from ml_model.persistence.model.record import DeploymentRecord
from ml_model.service.deployment import DeployOrder
from modelcatalogue.entries import names
from servicekit.web.schema import Answer, RequestBody

RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{1,100}$")]
ModelUri = Annotated[str, StringConstraints(pattern=r"^(models|runs):(/[A-Za-z0-9_\-]{1,100}){1,4}$")]


class SetModelRequest(RequestBody):
    """Which model to deploy."""

    model_name: str = Field(
        description="One of the catalogue's models.", json_schema_extra={"enum": list(names())}
    )
    hyperparameters: dict[str, Any] = Field(description="By name; what is left out has its default.")
    preprocessing: Literal["standard", "none"] | None = Field(
        None, description="`standard` scales after imputation; the default, or what the run has."
    )
    run_id: RunId | None = Field(
        None, description="Take the model of this MLflow run; it must be the one described."
    )
    model_uri: ModelUri | None = Field(None, description="Which of the run's models; its last by default.")

    @model_validator(mode="after")
    def _uri_is_of_a_run(self) -> "SetModelRequest":
        if self.model_uri is not None and self.run_id is None:
            raise ValueError("model_uri needs run_id, the run that the model belongs to")
        return self

    def order(self) -> DeployOrder:
        """Return the use case's own form of this request."""
        return DeployOrder(**self.model_dump())


class DeployedAnswer(Answer):
    """The deployed model."""

    deployment_id: int
    model_name: str
    hyperparameters: dict[str, Any]
    preprocessing: str
    run_id: str | None = Field(description="The MLflow run that it was tuned in, if it came from one.")
    artifact_sha256: str | None = Field(description="SHA-256 of the run's model as it was stored.")
    deployed_at: datetime

    @classmethod
    def of(cls, record: DeploymentRecord) -> "DeployedAnswer":
        """Return the answer for a deployment."""
        return cls(**vars(record))


class SetModelAnswer(Answer):
    """A model was deployed."""

    message: str
    data: DeployedAnswer
