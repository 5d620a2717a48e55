"""The simulator over HTTP on a real database."""

import itertools

import pytest

from servicekit.testing import assert_error

ROUTE = "/root/simulator"
SIZES = {"training": 106, "testing": 36, "production": 36}


def load(client, set_name, **more):
    return client.post(ROUTE, json={"set_name": set_name, **more})


def test_it_says_what_it_is(client):
    assert client.get(ROUTE).get_json() == {"name": "DataSimulator", "message": "Simulator"}


def test_loading_the_training_set_answers_what_was_loaded(client):
    answer = load(client, "training")
    body = answer.get_json()
    assert answer.status_code == 200
    assert body["message"] == "Load training set"
    assert (body["data"]["dataset"], body["data"]["samples"], body["data"]["missing_values"]) == (
        "training",
        106,
        0,
    )
    assert body["data"]["classes"] == {"0": 35, "1": 42, "2": 29}
    assert body["data"]["drift"] is None


def test_the_production_set_is_fouled_and_says_how(client):
    data = load(client, "production").get_json()["data"]
    assert (data["samples"], data["missing_values"]) == (36, 13)
    assert (data["drift"]["kind"], data["drift"]["shift"], data["drift"]["seed"]) == ("offset", 0.3, 42)
    assert data["drift"]["offset"]


@pytest.mark.parametrize("order", list(itertools.permutations(SIZES)))
def test_any_order_and_any_repetition_leave_the_same_rows(client, order):
    for set_name in (*order, *order):
        load(client, set_name)
    loaded = client.get(f"{ROUTE}/datasets").get_json()["data"]
    assert {row["dataset"]: row["samples"] for row in loaded} == SIZES


def test_loading_again_is_no_new_load_but_another_drift_is(client):
    first = load(client, "production").get_json()["data"]
    assert load(client, "production").get_json()["data"] == first
    other = load(client, "production", drift={"kind": "scale", "shift": 0.5}, seed=1).get_json()["data"]
    assert other["drift"] != first["drift"]
    assert other["drift"] == {
        "kind": "scale",
        "shift": 0.5,
        "missing_fraction": 0.03,
        "seed": 1,
        "factor": 1.5,
    }
    assert len(client.get(f"{ROUTE}/datasets").get_json()["data"]) == 1


def test_other_sources_stand_beside_wine(client):
    load(client, "training")
    assert load(client, "training", source="iris").get_json()["data"]["samples"] == 90
    listed = client.get(f"{ROUTE}/datasets?source=iris").get_json()["data"]
    assert [row["source"] for row in listed] == ["iris"]
    assert len(client.get(f"{ROUTE}/datasets").get_json()["data"]) == 2


def test_a_removed_set_is_gone_and_a_second_removal_is_404(client):
    load(client, "testing")
    assert client.delete(f"{ROUTE}?set_name=testing").get_json() == {"message": "Removed testing set"}
    assert client.get(f"{ROUTE}/datasets").get_json()["data"] == []
    assert_error(client.delete(f"{ROUTE}?set_name=testing"), 404, "not loaded")


@pytest.mark.parametrize(
    ("body", "mentions"),
    [
        ({}, "set_name"),
        ({"set_name": "validation"}, "training"),
        ({"set_name": 1}, "set_name"),
        ({"set_name": "training", "source": "beer"}, "wine"),
        ({"set_name": "training", "drift": {"kind": "offset"}}, "clean"),
        ({"set_name": "testing", "seed": 1}, "clean"),
        ({"set_name": "production", "seed": -1}, "seed"),
        ({"set_name": "production", "drift": {"kind": "sideways"}}, "kind"),
        ({"set_name": "production", "drift": {"shift": 11}}, "shift"),
        ({"set_name": "production", "drift": {"shift": -0.1}}, "shift"),
        ({"set_name": "production", "drift": {"kind": "concept", "shift": 1.5}}, "share"),
        ({"set_name": "production", "drift": {"missing_fraction": 0.95}}, "missing_fraction"),
        ({"set_name": "production", "colour": "red"}, "colour"),
    ],
)
def test_a_bad_order_is_400_and_names_what_is_wrong(client, body, mentions):
    assert_error(client.post(ROUTE, json=body), 400, mentions)
    assert client.get(f"{ROUTE}/datasets").get_json()["data"] == []


def test_removing_needs_a_known_name(client):
    assert_error(client.delete(ROUTE), 400, "set_name")
    assert_error(client.delete(f"{ROUTE}?set_name=all"), 400, "set_name")


def test_a_database_that_is_away_is_503_and_comes_back(postgres, app):
    client = app.test_client()
    assert client.get("/ready").status_code == 200
    postgres.stop()
    try:
        assert_error(client.get(f"{ROUTE}/datasets"), 503, "database")
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200
    finally:
        postgres.start()
    assert client.get(f"{ROUTE}/datasets").status_code == 200
