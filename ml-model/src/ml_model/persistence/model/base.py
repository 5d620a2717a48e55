"""The declarative base of ml-model's own tables."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from servicekit.migrations import NAMING_CONVENTION

SCHEMA = "ml_model"


class Base(DeclarativeBase):
    """Puts every table into the schema `ml_model` and names every constraint."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMING_CONVENTION)
