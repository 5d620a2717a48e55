"""The form of a database's address that SQLAlchemy is given."""

from sqlalchemy.engine import make_url


def driver_url(url: str) -> str:
    """Return the address with psycopg2 named as the driver, whatever the caller's form of it."""
    return make_url(url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
