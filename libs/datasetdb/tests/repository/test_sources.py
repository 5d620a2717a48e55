from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from datasetdb.errors import SchemaMismatch
from datasetdb.repository.sources import Sources


def test_a_source_comes_back_as_it_was_added(session, flowers):
    Sources(session).add(flowers)
    assert Sources(session).get("flowers") == flowers


def test_classes_keep_their_type(session, wine):
    Sources(session).add(wine)
    assert Sources(session).get("wine").target.classes == (0, 1, 2)


def test_an_unknown_source_is_none(session):
    assert Sources(session).get("never added") is None


def test_adding_the_same_source_again_changes_nothing(session, flowers):
    Sources(session).add(flowers)
    Sources(session).add(flowers)
    assert Sources(session).names() == ["flowers"]


def test_sources_are_named_in_alphabetical_order(session, flowers, wine):
    Sources(session).add(wine)
    Sources(session).add(flowers)
    assert Sources(session).names() == ["flowers", "wine"]


@pytest.mark.parametrize("change", ["columns", "target"])
def test_another_schema_under_the_same_name_is_refused(session, flowers, wine, change):
    Sources(session).add(flowers)
    with pytest.raises(SchemaMismatch, match="flowers"):
        Sources(session).add(replace(flowers, **{change: getattr(wine, change)}))


def test_a_source_added_by_many_at_once_is_there_once(own_database_url, flowers):
    engine = create_engine(own_database_url, pool_size=16)

    def add(_):
        with Session(engine) as session, session.begin():
            Sources(session).add(flowers)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(16)))
    with Session(engine) as session:
        assert Sources(session).names() == ["flowers"]
    engine.dispose()
