"""The declarative base of predictor's own tables."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from servicekit.migrations import NAMING_CONVENTION

SCHEMA = "predictor"


class Base(DeclarativeBase):
    """Puts every table into the schema `predictor` and names every constraint."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMING_CONVENTION)
