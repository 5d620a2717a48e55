"""Form fields beside an ONNX file."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, Json, model_validator

from ml_model.service.model_sources import FromFile
from ml_model.service.registration import Description, RegistrationOrder
from ml_model.serving import signature
from ml_model.serving.signature import Kind, Signature
from ml_model.web.schema.registry import (
    EndpointName,
    ModelName,
    Person,
    Status,
    Text,
    VersionName,
    finite,
)
from servicekit.web.schema import QueryString, RequestBody

MOST_FEATURES = 10_000
FILE_NAME = "model.onnx"


def _no_nul(text: Any) -> Any:
    if isinstance(text, str) and "\\u0000" in text:
        raise ValueError("must not contain the NUL character")
    return text


FeatureName = Annotated[str, Field(min_length=1, max_length=200)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class FeatureRequest(RequestBody):
    """One feature that the model takes."""

    name: FeatureName
    kind: Kind = "float"
    minimum: Finite | None = None
    maximum: Finite | None = None
    categories: list[FeatureName] | None = Field(None, max_length=MOST_FEATURES)

    def field(self) -> signature.Field:
        """Return the signature's own form."""
        categories = None if self.categories is None else tuple(self.categories)
        return signature.Field(self.name, self.kind, self.minimum, self.maximum, categories)


Features = Annotated[list[FeatureName | FeatureRequest], Field(min_length=1, max_length=MOST_FEATURES)]
Classes = Annotated[list[bool | int | Finite | str], Field(min_length=1, max_length=MOST_FEATURES)]
Example = Annotated[dict[str, Any], AfterValidator(finite)]


class OnnxUploadForm(QueryString):
    """What the file is: the keys of a registration, features and classes as JSON."""

    endpoint_name: EndpointName
    algorithm_name: ModelName
    algorithm_status: Status = "testing"
    algorithm_version: VersionName | None = None
    owner: Person
    algorithm_description: Text = ""
    algorithm_code: Text = ""
    created_by: Person | None = None
    force: bool = False
    features: Annotated[Json[Features], BeforeValidator(_no_nul)] = Field(
        description='Names in the model\'s order, or `{"name", "kind", "minimum", "maximum", "categories"}`.'
    )
    classes: Annotated[Json[Classes], BeforeValidator(_no_nul)] | None = Field(
        None, description="Labels in the order of the scores; left out for a regression."
    )
    input_example: Annotated[Json[Example], BeforeValidator(_no_nul)] | None = Field(
        None, description="One row by name, on which the model is tried; zeros by default."
    )
    imputes: bool = Field(default=False, description="Whether the model takes NaN for what is missing.")
    bounds_enforced: bool = Field(default=False, description="Whether minimum and maximum are limits.")

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [field.name for field in self._fields()]
        if len(set(names)) < len(names):
            raise ValueError("a feature occurs more than once")
        return self

    def _fields(self) -> tuple[signature.Field, ...]:
        return tuple(
            signature.Field(each) if isinstance(each, str) else each.field() for each in self.features
        )

    def order(self, content: bytes) -> RegistrationOrder:
        """Return the use case's own form of this request."""
        fields = self._fields()
        classes = None if self.classes is None else tuple(self.classes)
        described = Signature(fields, classes, self.imputes, self.bounds_enforced)
        example = self.input_example or {field.name: _middle(field) for field in fields}
        return RegistrationOrder(
            self.endpoint_name,
            Description(
                self.algorithm_name,
                self.owner,
                self.algorithm_description,
                self.algorithm_code,
                self.algorithm_version,
            ),
            FromFile(content, FILE_NAME, described, example),
            self.algorithm_status,
            self.created_by or self.owner,
            self.force,
        )


def _middle(field: signature.Field) -> Any:
    if field.kind == "category":
        return field.categories[0] if field.categories else "unknown"
    if field.kind == "boolean":
        return False
    number = next((value for value in (field.minimum, field.maximum) if value is not None), 0.0)
    return round(number) if field.kind == "integer" else number
