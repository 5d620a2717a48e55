import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from datasetdb.errors import SourceNotFound
from datasetdb.model.dataset import Dataset
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.predictions import Predictions
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources


def rows_of(session, table):
    return session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608


def test_a_record_says_what_the_set_holds(flowers, load_flowers):
    record = load_flowers()
    assert (record.source, record.name, record.schema) == ("flowers", "training", flowers)
    assert (record.samples, record.missing_values) == (3, 5)
    assert record.class_counts == {"daisy": 1, "rose": 2, "tulip": 0}
    assert record.origin == {"seed": 42}
    assert record.loaded_at.utcoffset() is not None


def test_integer_classes_are_counted_under_integers(session, wine, wine_rows, load):
    features, target = wine_rows(50)
    record = load(session, wine, (features, target))
    assert record.class_counts == target.value_counts().to_dict()


def test_a_set_that_was_never_loaded_is_none(session, wine):
    Sources(session).add(wine)
    assert Datasets(session).get("wine", "training") is None


def test_a_set_of_an_unknown_source_cannot_be_replaced(session):
    with pytest.raises(SourceNotFound, match="nowhere"):
        Datasets(session).replace("nowhere", "training", {})


def test_replacing_leaves_only_the_new_rows(session, wine_rows, load_wine):
    first = load_wine(30)
    Predictions(session).replace(first, wine_rows(30)[1], "v1")
    second = load_wine(10)
    assert second.dataset_id != first.dataset_id
    assert (second.samples, rows_of(session, "samples"), rows_of(session, "targets")) == (10, 10, 10)
    assert rows_of(session, "predictions") == 0


def test_sets_of_the_same_name_of_two_sources_do_not_touch(session, wine, flowers, load_wine, load_flowers):
    load_wine(20)
    load_flowers()
    load_wine(5)
    assert Datasets(session).get("flowers", "training").samples == 3
    assert Datasets(session).get("wine", "training").samples == 5


def test_sets_are_listed_by_source_and_name(session, wine, flowers, load_wine, load_flowers):
    load_wine(3, "training")
    load_wine(3, "production")
    load_flowers("training")
    named = [(record.source, record.name) for record in Datasets(session).all()]
    assert named == [("flowers", "training"), ("wine", "production"), ("wine", "training")]
    assert [record.name for record in Datasets(session).all("wine")] == ["production", "training"]


def test_deleting_takes_samples_targets_and_predictions_along(session, wine, wine_rows, load_wine):
    record = load_wine(12)
    Predictions(session).replace(record, wine_rows(12)[1], "v1")
    assert Datasets(session).delete("wine", "training") is True
    assert [rows_of(session, table) for table in ("datasets", "samples", "targets", "predictions")] == [0] * 4


def test_deleting_what_is_not_there_says_so(session, wine):
    Sources(session).add(wine)
    assert Datasets(session).delete("wine", "training") is False
    assert Datasets(session).delete("nowhere", "training") is False


def test_what_another_session_added_is_seen_by_one_that_holds_the_set_already(
    own_database_url, wine, wine_rows
):
    engine = create_engine(own_database_url)
    with Session(engine) as holding, Session(engine) as writing:
        Sources(writing).add(wine)
        dataset_id = Datasets(writing).replace("wine", "training", {})
        writing.commit()
        held = holding.get(Dataset, dataset_id)
        Samples(writing).write(dataset_id, *wine_rows(4))
        writing.commit()
        assert Datasets(holding).get("wine", "training").samples == held.samples == 4
    engine.dispose()
