"""Texts that people write: one line or several, without control characters."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

LINE_ENDS = "\n\r\t"


def _without_controls(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise PydanticCustomError("control_characters", "Text must not contain control characters")
    return text


def _without_controls_but_lines(text: str) -> str:
    _without_controls(text.translate({ord(character): None for character in LINE_ENDS}))
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Text must not be blank")
    return text


_CONTROLS = Field(json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f-\x9f]*$"})
_VISIBLE = Field(
    json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"}
)
_LINES = Field(json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"})

Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_without_controls),
    AfterValidator(_not_blank),
    _VISIBLE,
]
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_without_controls), _CONTROLS]
Lines = Annotated[
    str, StringConstraints(max_length=5_000), AfterValidator(_without_controls_but_lines), _LINES
]
