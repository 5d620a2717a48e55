"""Types that several requests share."""

from typing import Annotated

from pydantic import Field, StringConstraints

from predictor.utils.sample import LEAST_MILLISECONDS, MOST_MILLISECONDS

DatabaseName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
QueryHash = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Milliseconds = Annotated[float, Field(ge=LEAST_MILLISECONDS, le=MOST_MILLISECONDS)]
ConfidenceLevel = Annotated[float, Field(ge=0.5, le=0.999)]
