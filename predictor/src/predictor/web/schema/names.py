"""Types that several requests share."""

from typing import Annotated

from pydantic import Field, StringConstraints

DatabaseName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
QueryHash = Annotated[int, Field(ge=-(2**63), lt=2**63)]
# From a nanosecond on: relative errors of still smaller times are no finite numbers.
Milliseconds = Annotated[float, Field(ge=1e-6, le=1e12)]
ConfidenceLevel = Annotated[float, Field(ge=0.5, le=0.999)]
