"""Requests and answers of the Open Inference Protocol V2."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from ml_model.service.open_inference import IndexEntry, ModelMetadata
from servicekit.web.schema import Answer, RequestBody

Datatype = Literal[
    "BOOL",
    "INT8",
    "INT16",
    "INT32",
    "INT64",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "FP16",
    "FP32",
    "FP64",
    "BYTES",
]
Parameters = Annotated[dict[str, Any] | None, Field(description="What does not matter here is left alone.")]


class _Open(BaseModel):
    """A part of a request whose other members are left alone."""

    model_config = ConfigDict(strict=True, extra="allow")


class RequestInput(_Open):
    """A tensor: [n, k] with the features in the model's order, or [n] or [n, 1] named as one feature."""

    name: str
    shape: list[Annotated[int, Field(ge=1)]] = Field(min_length=1, max_length=2)
    datatype: Datatype
    parameters: Parameters = None
    data: list[Any] = Field(description="Row-major, flat or nested as the shape says; null is missing.")


class RequestOutput(_Open):
    """An output that is wanted."""

    name: str
    parameters: Parameters = None


class InferenceRequestBody(_Open):
    """Tensors to predict from; `parameters.subject` keeps a subject in its arm of an A/B test."""

    id: str | None = None
    parameters: Parameters = None
    inputs: list[RequestInput] = Field(min_length=1)
    outputs: list[RequestOutput] | None = Field(None, description="All outputs where there is none.")


class ResponseOutput(Answer):
    """A tensor that the model gave; `data` is flat and row-major."""

    name: str
    shape: list[int]
    datatype: str
    data: list[Any]


class InferenceResponse(Answer):
    """What the model gave; `parameters.request_ids` are those of the rows that were kept."""

    model_name: str
    model_version: str
    id: str
    parameters: dict[str, Any]
    outputs: list[ResponseOutput]


class ServerAnswer(Answer):
    """What the server is."""

    name: str
    version: str
    extensions: list[str]


class LiveAnswer(Answer):
    """The server answers."""

    live: bool = True


class ServerReadyAnswer(Answer):
    """The server can find its models."""

    live: bool = True
    ready: bool = True


class ModelReadyAnswer(Answer):
    """The model is loaded and answers."""

    name: str
    ready: bool = True


class TensorMetadata(Answer):
    """A tensor that a model takes or gives; -1 is any number of rows."""

    name: str
    datatype: str
    shape: list[int]
    parameters: dict[str, Any] = Field(default_factory=dict)


class ModelMetadataAnswer(Answer):
    """What a model takes and gives."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]

    @classmethod
    def of(cls, metadata: ModelMetadata) -> "ModelMetadataAnswer":
        """Return the answer for a model's metadata."""
        return cls(**vars(metadata))


class IndexRequest(RequestBody):
    """Which versions to list; `ready` changes nothing, because every version here can answer."""

    ready: bool = False


class IndexEntryAnswer(Answer):
    """One version in the repository."""

    name: str
    version: str
    state: Literal["READY"]
    reason: str


class IndexAnswer(RootModel[list[IndexEntryAnswer]]):
    """Every version that was asked for."""

    @classmethod
    def of(cls, entries: Sequence[IndexEntry]) -> "IndexAnswer":
        """Return the answer for entries of the index."""
        return cls([IndexEntryAnswer(**vars(entry)) for entry in entries])
