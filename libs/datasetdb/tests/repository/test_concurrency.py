"""What holds when many connections work on the same set."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event

import pandas as pd
import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from datasetdb.errors import DatasetReplaced
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.predictions import Predictions
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources

AT_ONCE = 50
ROWS = 200


@pytest.fixture
def engine(own_database_url, wine):
    opened = create_engine(own_database_url, pool_size=AT_ONCE, max_overflow=4)
    with Session(opened) as session, session.begin():
        Sources(session).add(wine)
    yield opened
    opened.dispose()


def marked_rows(wine, number):
    """Rows that all carry the number of the writer they come from, and whose count tells it too."""
    features = pd.DataFrame(float(number), index=range(ROWS + number), columns=list(wine.feature_names))
    return features, pd.Series(number % 3, index=features.index)


def replace_set(engine, rows, number):
    with Session(engine) as session, session.begin():
        dataset_id = Datasets(session).replace("wine", "training", {"number": number})
        Samples(session).write(dataset_id, *rows)


def test_fifty_replacements_at_once_leave_the_rows_of_exactly_one(engine, wine):
    ready = Barrier(AT_ONCE)

    def replace(number):
        rows = marked_rows(wine, number)
        ready.wait()
        replace_set(engine, rows, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(replace, range(AT_ONCE)))
    with Session(engine) as session:
        record = Datasets(session).get("wine", "training")
        read = Samples(session).read(record)
        counts = [
            session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
            for table in ("datasets", "samples", "targets")
        ]
    number = record.origin["number"]
    assert counts == [1, ROWS + number, ROWS + number]
    assert (read.features == number).all(axis=None)
    assert (read.target == number % 3).all()


def test_readers_see_one_set_whole_while_it_is_replaced(engine, wine):
    replace_set(engine, marked_rows(wine, 0), 0)
    done = Event()

    def write():
        for number in range(1, 25):
            replace_set(engine, marked_rows(wine, number), number)
        done.set()

    def read():
        seen, refused = [], 0
        while not done.is_set():
            with Session(engine) as session, session.begin():
                record = Datasets(session).get("wine", "training")
                try:
                    labelled = Samples(session).read(record)
                except DatasetReplaced:
                    refused += 1
                    continue
            seen.append((record, labelled))
        return seen

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        pool.submit(write).result()
        seen = [pair for reader in readers for pair in reader.result()]
    assert seen
    for record, labelled in seen:
        number = record.origin["number"]
        assert len(labelled.features) == record.samples == ROWS + number
        assert (labelled.features == number).all(axis=None)


def test_the_old_set_is_read_until_the_new_one_is_committed(engine, wine):
    replace_set(engine, marked_rows(wine, 1), 1)
    with Session(engine) as writing, Session(engine) as reading:
        dataset_id = Datasets(writing).replace("wine", "training", {"number": 2})
        Samples(writing).write(dataset_id, *marked_rows(wine, 2))
        record = Datasets(reading).get("wine", "training")
        assert (Samples(reading).read(record).features == 1).all(axis=None)
        writing.commit()
        assert Datasets(reading).get("wine", "training").origin == {"number": 2}


@pytest.mark.parametrize(
    ("moment", "question"),
    [
        pytest.param("after_cursor_execute", 1, id="after the version was asked, before the values are read"),
        pytest.param("before_cursor_execute", 2, id="after the values were read"),
    ],
)
def test_predictions_that_change_while_they_are_read_come_with_their_version(engine, wine, moment, question):
    replace_set(engine, marked_rows(wine, 0), 0)
    with Session(engine) as session, session.begin():
        record = Datasets(session).get("wine", "training")
        Predictions(session).replace(record, pd.Series(1, index=range(ROWS)), "v1")
    questions = count(1)

    def replace_predictions(*execution):
        if "predictions.model_version" in execution[2] and next(questions) == question:
            with Session(engine) as other, other.begin():
                Predictions(other).replace(record, pd.Series(2, index=range(ROWS)), "v2")

    with Session(engine) as session:
        event.listen(session.connection(), moment, replace_predictions)
        read = Samples(session).read(record, predictions=True)
    assert (read.model_version, set(read.predictions)) == ("v2", {2})


def test_predictions_of_many_at_once_are_those_of_exactly_one(engine, wine):
    replace_set(engine, marked_rows(wine, 0), 0)
    with Session(engine) as session:
        record = Datasets(session).get("wine", "training")
    ready = Barrier(AT_ONCE)

    def predict(number):
        ready.wait()
        with Session(engine) as session, session.begin():
            Predictions(session).replace(record, pd.Series(number % 3, index=range(ROWS)), f"v{number}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(predict, range(AT_ONCE)))
    with Session(engine) as session:
        read = Samples(session).read(record, predictions=True)
    assert set(read.predictions) == {int(read.model_version[1:]) % 3}


def test_predictions_wait_for_a_replacement_and_then_find_their_set_gone(engine, wine):
    replace_set(engine, marked_rows(wine, 0), 0)
    with Session(engine) as session:
        record = Datasets(session).get("wine", "training")
    replaced = Event()

    def predict():
        replaced.wait()
        with Session(engine) as session, session.begin():
            Predictions(session).replace(record, pd.Series(0, index=range(ROWS)), "v1")

    with ThreadPoolExecutor(1) as pool, Session(engine) as session:
        waiting = pool.submit(predict)
        Datasets(session).replace("wine", "training", {"number": 1})
        replaced.set()
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        session.commit()
        with pytest.raises(DatasetReplaced):
            waiting.result(timeout=30)
