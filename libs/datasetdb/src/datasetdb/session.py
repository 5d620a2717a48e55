"""The sessions that repositories accept, and what a transaction begins with."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


def snapshot(session: AnySession) -> None:
    """Let every statement of this transaction see the database as it is at the first one.

    Call it before the transaction's first query; PostgreSQL refuses it afterwards.
    """
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def fresh_plans(session: AnySession) -> None:
    """Forget the plans by which this connection checks foreign keys.

    They are made once for a connection: those made while a table had a few rows scan the whole table for
    each row of a large set. Call it before rows are written or deleted in bulk.
    """
    session.execute(text("DISCARD PLANS"))
