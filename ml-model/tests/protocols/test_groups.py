"""Many rows in one request: kept as one record, and each of them found, by itself, whenever somebody asks."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import create_engine, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ml_model.persistence.model import Algorithm, Artifact, Endpoint, ServedRequest
from ml_model.persistence.repository.request_groups import CarriedMeanwhile, NewGroup, RequestGroups
from servicekit.testing import assert_error

REQUESTS = "/api/v1/mlrequests"
ROWS = 150


@pytest.fixture
def rows(production):
    """More rows than are kept one by one, some with missing values, each unlike the others."""
    found = np.resize(production.to_numpy(), (ROWS, production.shape[1]))
    return found + np.arange(ROWS)[:, None] / 1000


@pytest.fixture
def ids(client, wine, rows):
    """The ids of all rows, predicted in one request."""
    data = [None if value != value else value for value in rows.ravel().tolist()]  # noqa: PLR0124
    tensor = {"name": "x", "shape": list(rows.shape), "datatype": "FP64", "data": data}
    answer = client.post("/v2/models/wine/infer", json={"inputs": [tensor]})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["parameters"]["request_ids"]


def listed(client):
    """List what is kept, for which everything is carried to the database."""
    return client.get(REQUESTS).get_json()["requests"]


@pytest.fixture
def check_row(client, ids, rows, wine_model, production):
    """A function that asks for one row and compares it with what was sent, and with scikit-learn."""
    pipeline = wine_model[0]

    def check(index):
        kept = client.get(f"{REQUESTS}/{ids[index]}")
        assert kept.status_code == 200, kept.text
        record = kept.get_json()
        given = [record["input_data"][name] for name in production.columns]
        np.testing.assert_array_equal([np.nan if value is None else value for value in given], rows[index])
        assert record["response"] == pipeline.predict(rows[[index]])[0]
        named = record["full_response"]["probabilities"]
        expected = pipeline.predict_proba(rows[[index]])[0]
        np.testing.assert_allclose(list(named.values()), expected, atol=1e-9)
        assert list(named) == ["0", "1", "2"]
        assert (record["endpoint"], record["version"], record["status"]) == ("wine", "1", "production")

    return check


@pytest.mark.parametrize("carried", [False, True])
def test_each_row_is_found_by_itself(client, ids, check_row, carried):
    assert len(set(ids)) == ROWS
    if carried:
        assert len(listed(client)) == 1
    for index in (0, 1, 74, ROWS - 1):
        check_row(index)


def test_the_record_of_all_says_what_it_holds(client, ids, production):
    (record,) = listed(client)
    assert record["id"] == ids[0].removesuffix("-1")
    assert record["input_data"] == {"names": list(production.columns), "shape": [ROWS, 13]}
    assert (record["response"], record["full_response"], record["error"]) == (None, None, None)


def test_there_is_nothing_beside_the_rows(client, ids):
    group = ids[0].removesuffix("-1")
    for place in ("0", "01", str(ROWS + 1), "-1", "99999999999"):
        assert_error(client.get(f"{REQUESTS}/{group}-{place}"), 404)
    assert_error(client.get(f"{REQUESTS}/{'0' * 32}-1"), 404)


@pytest.mark.parametrize("carried", [False, True])
def test_feedback_makes_a_request_of_a_row(client, ids, check_row, carried):
    if carried:
        listed(client)
    given = client.put(f"{REQUESTS}/{ids[9]}", json={"feedback": 2})
    assert given.status_code == 200, given.text
    check_row(9)
    text = f"request_id,feedback\n{ids[9]},2\n{ids[10]},1\n{ids[11]},7\n"
    told = client.post("/api/v1/feedback", data=text, headers={"Content-Type": "text/csv"}).get_json()
    assert (told["kept"], told["unchanged"], told["refused"]) == (1, 1, 1)
    known = client.get(f"{REQUESTS}?feedback=true").get_json()["requests"]
    assert {(record["id"], record["feedback"]) for record in known} == {(ids[9], 2), (ids[10], 1)}


def packed_before(names, table):
    packed = base64.b64encode(np.ascontiguousarray(table, dtype="<f8")).decode()
    return {"names": list(names), "shape": list(table.shape), "float64": packed}


@pytest.fixture
def kept_before(client, ids, rows, wine_model, production):
    """The group as it was kept when groups had no column of their own."""
    listed(client)
    pipeline = wine_model[0]
    labels, probabilities = pipeline.predict(rows).tolist(), pipeline.predict_proba(rows)
    session = client.application.extensions["sqlalchemy"].session
    with client.application.app_context():
        session.execute(
            update(ServedRequest).values(
                input_data=packed_before(production.columns, rows),
                response=labels,
                full_response=packed_before("012", probabilities),
                packed=None,
            )
        )
        session.commit()


@pytest.mark.usefixtures("kept_before")
def test_rows_of_groups_from_before_the_column_are_found(check_row):
    for index in (0, ROWS - 1):
        check_row(index)


@pytest.fixture
def engine(fresh_url):
    made = create_engine(fresh_url)
    yield made
    made.dispose()


@pytest.fixture
def group(engine):
    """A group of a version that is there."""
    with Session(engine) as session:
        endpoint = Endpoint(name="wine", owner="tests")
        session.add_all([endpoint, Artifact(sha256="0" * 64, format="skops", size_bytes=1, content=b"0")])
        session.flush()
        algorithm = Algorithm(
            endpoint_id=endpoint.endpoint_id,
            name="c",
            number=1,
            version="1",
            description="",
            code="",
            owner="tests",
            source={},
            signature={},
            input_example={},
            runtime={},
            model_sha256="0" * 64,
        )
        session.add(algorithm)
        session.commit()
        return NewGroup(
            request_id="a" * 32,
            algorithm_id=algorithm.algorithm_id,
            endpoint_id=endpoint.endpoint_id,
            purpose="production",
            subject=None,
            shown={"names": ["é"], "shape": [1, 1]},
            latency_ms=0.25,
            created_at=datetime(2026, 11, 29, 10, 11, 12, 345678, UTC),
            packed=bytes(range(256)) * 1000,
        )


def test_a_group_is_stored_as_it_is(engine, group):
    named = replace(group, request_id="b" * 32, subject="Ünal")
    with Session(engine) as session:
        RequestGroups(session).add([group, named, group])
        session.commit()
        kept = {each.request_id: each for each in session.query(ServedRequest)}
        assert set(kept) == {group.request_id, named.request_id}
        for each in (group, named):
            found = kept[each.request_id]
            assert (found.subject, found.input_data, found.latency_ms) == (each.subject, each.shown, 0.25)
            assert (found.created_at, found.purpose) == (each.created_at, "production")
            assert RequestGroups(session).packed(each.request_id) == each.packed
        assert RequestGroups(session).packed("nobody") is None


def test_a_group_that_another_process_carries_meanwhile_is_there_once(engine, group):
    other = replace(group, request_id="b" * 32)
    with Session(engine) as first, Session(engine) as second, ThreadPoolExecutor(1) as pool:
        RequestGroups(first).add([group])
        waiting = pool.submit(RequestGroups(second).add, [group, other])
        blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with engine.connect() as looking:
            while not looking.scalar(blocked) and not waiting.done():
                pass
        assert not waiting.done()
        first.commit()
        with pytest.raises(CarriedMeanwhile):
            waiting.result(30)
        second.rollback()
        RequestGroups(second).add([group, other])
        second.commit()
        assert second.query(ServedRequest).count() == 2


def test_a_group_that_can_never_be_stored_is_refused_as_any_row_is(engine, group):
    with Session(engine) as session, pytest.raises(IntegrityError, match="algorithm"):
        RequestGroups(session).add([replace(group, algorithm_id=999)])
