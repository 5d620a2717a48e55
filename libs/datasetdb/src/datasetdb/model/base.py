"""The declarative base of the dataset database."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from servicekit.migrations import NAMING_CONVENTION


class Base(DeclarativeBase):
    """Carries the metadata, with a name for every constraint so that migrations can refer to it."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
