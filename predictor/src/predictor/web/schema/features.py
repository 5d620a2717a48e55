"""Features in requests: every name, unit and bound from the one table."""

from typing import Annotated, Any

from pydantic import Field, create_model

from predictor.utils.features import FEATURES, Feature
from servicekit.web.schema import RequestBody


def _value(feature: Feature) -> Any:
    # A whole number may be written 9.0: so the service answers its own features.
    step = None if feature.kind == "number" else 1
    bounds = Field(ge=0, le=feature.most, multiple_of=step, description=f"{feature.meaning}.")
    return Annotated[float | None, bounds]


class Features(RequestBody):
    """Features by name; what is left out or null is unknown."""

    def known(self) -> dict[str, float]:
        """Return the features that were given."""
        return {name: float(value) for name, value in self if value is not None}


_FIELDS: dict[str, Any] = {feature.name: (_value(feature), None) for feature in FEATURES}
FeatureValues = create_model("FeatureValues", __base__=Features, __doc__=Features.__doc__, **_FIELDS)
