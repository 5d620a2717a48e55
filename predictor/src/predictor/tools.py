"""Settings to use cases for commands that a person runs beside the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from predictor.bootstrap import collection, history_import
from predictor.config.settings import Settings
from predictor.identity import IDENTITY
from predictor.service.collection import Collection
from predictor.service.history_import import HistoryImport
from predictor.service.history_keeping import HistoryKeeping
from servicekit.database import attach_database
from servicekit.web.app import new_app


@dataclass(frozen=True)
class Tools:
    """What commands work with."""

    settings: Settings
    collection: Collection
    history_import: HistoryImport
    history: HistoryKeeping


@contextmanager
def create_tools(settings: Settings | None = None) -> Iterator[Tools]:
    """Give the use cases of commands while their connections may be open."""
    settings = settings or Settings()
    app, _ = new_app(IDENTITY, settings)
    session = attach_database(app, settings).session
    with app.app_context():
        yield Tools(
            settings=settings,
            collection=collection(session, settings),
            history_import=history_import(session, settings),
            history=HistoryKeeping(session),
        )
        session.remove()
