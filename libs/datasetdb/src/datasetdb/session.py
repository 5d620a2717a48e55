"""The sessions that repositories accept, and reading from one moment in time."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


def snapshot(session: AnySession) -> None:
    """Let every statement of this transaction see the database as it is at the first one.

    Call it before the transaction's first query; PostgreSQL refuses it afterwards.
    """
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
