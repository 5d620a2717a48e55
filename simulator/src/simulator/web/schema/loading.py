"""Requests and answers about sets."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from datasetdb.repository.datasets import DatasetRecord
from servicekit.web.schema import Answer, QueryString, RequestBody
from simulator.service.dataset_loading import LoadOrder
from simulator.service.fouling import Drift, DriftKind
from simulator.service.splitting import SetName

SourceName = Annotated[str, StringConstraints(min_length=1, max_length=100)]

MOST_SHIFT = 10.0


class DriftRequest(RequestBody):
    """How to foul the production set."""

    kind: DriftKind = Field("offset", description="Which distribution changes, and how.")
    shift: float = Field(
        0.3,
        ge=0,
        le=MOST_SHIFT,
        description="offset: standard deviation of the one draw that is added to every value; covariate, "
        "noise: in standard deviations of each feature; scale: factor minus 1; concept: share of the "
        "samples, at most 1.",
    )
    missing_fraction: float = Field(
        0.03, ge=0, le=0.9, description="Share of the values of each feature that go missing."
    )

    @model_validator(mode="after")
    def _share_is_at_most_one(self) -> "DriftRequest":
        if self.kind == "concept" and self.shift > 1:
            raise ValueError("with kind 'concept', shift is a share of the samples: at most 1")
        return self


class LoadRequest(RequestBody):
    """Which set to load."""

    set_name: SetName
    source: SourceName | None = Field(None, description="Data source; the default is a setting.")
    drift: DriftRequest | None = Field(None, description="Only for the production set.")
    seed: int | None = Field(None, ge=0, lt=2**32, description="Seed of the fouling; production only.")

    def order(self) -> LoadOrder:
        """Return the use case's own form of this request."""
        drift = Drift(**self.drift.model_dump()) if self.drift else None
        return LoadOrder(self.set_name, self.source, drift, self.seed)


class DatasetsQuery(QueryString):
    """Which source's sets to list."""

    source: SourceName | None = None


class RemoveQuery(QueryString):
    """Which set to remove."""

    set_name: SetName
    source: SourceName | None = None


class DatasetAnswer(Answer):
    """One loaded set."""

    dataset: str
    source: str
    samples: int
    missing_values: int
    classes: dict[str, int] = Field(description="Samples of each class.")
    features: int
    drift: dict[str, Any] | None = Field(description="What was done to the set, if anything.")
    loaded_at: datetime

    @classmethod
    def of(cls, record: DatasetRecord) -> "DatasetAnswer":
        """Return the answer for a set."""
        drift = record.origin.get("drift")
        return cls(
            dataset=record.name,
            source=record.source,
            samples=record.samples,
            missing_values=record.missing_values,
            classes={str(label): count for label, count in record.class_counts.items()},
            features=len(record.schema.columns),
            drift={**drift, **record.origin.get("done", {})} if drift else None,
            loaded_at=record.loaded_at,
        )


class LoadAnswer(Answer):
    """A set was loaded."""

    message: str
    data: DatasetAnswer


class DatasetsAnswer(Answer):
    """The sets that are loaded."""

    message: str
    data: list[DatasetAnswer]


class MessageAnswer(Answer):
    """Something was done."""

    message: str


class NameAnswer(Answer):
    """What this service is."""

    name: str
    message: str
