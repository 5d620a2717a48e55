"""Sessions on MLflow's database."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from servicekit.errors import Unavailable
from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.persistence.repository.experiments import Experiments


def test_nothing_can_be_written(mlflow_database):
    with mlflow_database.reading() as session, pytest.raises(InternalError, match="read-only"):
        session.execute(text("DELETE FROM runs"))


def test_tables_that_mlflow_has_not_made_yet_are_unavailable(postgres, settings):
    empty = MlflowDatabase(
        settings.model_copy(update={"mlflow_database_url": SecretStr(postgres.create_database())})
    )
    with pytest.raises(Unavailable, match="tables"):
        empty.check()
    with pytest.raises(Unavailable, match="tables"), empty.reading() as session:
        Experiments(session).counted()
    empty.close()
