"""Which database there is, whose it is, and which roles of services may enter it.

What a role may do inside is said by whoever makes the tables: `GRANTS` in `migrate.py` of datasetdb, ml_model
and predictor, and `mlflow_server.py`.
"""

from dataclasses import dataclass

DATASETS, MLFLOW, WORKLOAD = "datasets", "mlflow", "workload"
MLFLOW_READER = "mlflow_reader"


@dataclass(frozen=True)
class Database:
    """A database, owned by the role of its name.

    Args:
        name: of the database and its owner.
        guests: roles that may connect.
        makers_of_temporary_tables: those of them that load rows through one.
    """

    name: str
    guests: tuple[str, ...] = ()
    makers_of_temporary_tables: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Everybody who may connect."""
        return (self.name, *self.guests)


DATABASES = (
    Database(
        DATASETS,
        guests=("simulator", "ml_model", "tracking", "monitoring", "predictor"),
        makers_of_temporary_tables=("predictor",),
    ),
    Database(MLFLOW, guests=(MLFLOW_READER,)),
    Database(WORKLOAD),
)
ROLES = tuple(role for database in DATABASES for role in database.roles)


def database_of(role: str) -> str:
    """Name the database that a role connects to."""
    return next(database.name for database in DATABASES if role in database.roles)
