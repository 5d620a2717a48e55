"""The life of an A/B test over HTTP."""

import pytest

from servicekit.testing import assert_error

SEED = {"title": "forest", "created_by": "ana"}


def stop(client, abtest, **body):
    answer = client.post(f"/api/v1/stop_ab_test/{abtest['id']}", json=body) if body else None
    answer = answer or client.post(f"/api/v1/stop_ab_test/{abtest['id']}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


@pytest.fixture
def duel(client, rows, two, begin):
    """Run a test with so many right and wrong answers of each arm, and stop it."""

    def duel(*answers, **body):
        test = begin(*two)
        for version, (right, wrong) in zip(two, answers, strict=True):
            if right + wrong:
                rows.answered(rows.wine, version, test["id"], right, wrong)
        return stop(client, test, **body)

    return duel


def look(client, abtest):
    answer = client.get(f"/api/v1/abtests/{abtest['id']}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["report"]


def test_a_test_begins_with_the_seeds_body(client, rows, wine, two, begin):
    answer = begin(*two)
    assert (answer["parent_mlalgorithm_1"], answer["parent_mlalgorithm_2"]) == two
    assert (answer["status"], answer["ended_at"], answer["summary"]) == ("running", None, None)
    assert [arm["share"] for arm in answer["arms"]] == [50, 50]
    assert answer["statuses_before"] == {str(two[0]): "production", str(two[1]): "staging"}
    assert rows.statuses(wine) == dict.fromkeys(two, "ab_testing")
    last = rows.history(wine)[-1]
    assert last.created_by == "ana"
    assert f"A/B test {answer['id']} began: forest" in last.reason


def test_the_version_in_production_is_the_control(begin, two):
    answer = begin(two[1], two[0])
    assert [arm["control"] for arm in answer["arms"]] == [False, True]


def test_a_control_can_be_named(begin, two):
    assert [arm["control"] for arm in begin(*two, control=two[1])["arms"]] == [False, True]


def test_several_arms_with_shares(client, rows, wine, two, begin):
    third = rows.version(wine)
    shares = (80, 15, 5)
    arms = [{"mlalgorithm": each, "share": share} for each, share in zip((*two, third), shares, strict=True)]
    answer = begin(arms=arms, rules={"alpha": 0.01, "minimum_sample": 50})
    assert [arm["share"] for arm in answer["arms"]] == [80, 15, 5]
    assert (answer["rules"]["alpha"], answer["rules"]["minimum_sample"]) == (0.01, 50)


@pytest.mark.parametrize(
    ("change", "mentions"),
    [
        ({"parent_mlalgorithm_2": None}, "or arms"),
        ({"arms": [{"mlalgorithm": 1}, {"mlalgorithm": 2}]}, "or arms"),
        ({"parent_mlalgorithm_1": 7, "parent_mlalgorithm_2": 7}, "once only"),
        ({"rules": {"alpha": 0.9}}, "rules.alpha"),
        ({"rules": {"beta": 1}}, "rules.beta"),
        ({"title": ""}, "title"),
        ({"parent_mlalgorithm_1": 2**63}, "parent_mlalgorithm_1"),
    ],
)
def test_a_bad_body_is_named(client, change, mentions):
    body = SEED | {"parent_mlalgorithm_1": 1, "parent_mlalgorithm_2": 2} | change
    assert_error(client.post("/api/v1/abtests", json=body), 400, mentions)


@pytest.mark.parametrize("shares", [(50, 40), (60, None), (99.0, 1.1)])
def test_shares_must_be_whole(client, shares):
    arms = [{"mlalgorithm": place, "share": share} for place, share in enumerate(shares, 1)]
    assert_error(client.post("/api/v1/abtests", json=SEED | {"arms": arms}), 400, "shares")


def test_unknown_versions_are_named(client, two):
    body = SEED | {"parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": 987654321}
    assert_error(client.post("/api/v1/abtests", json=body), 404, "987654321")


def test_arms_of_two_endpoints_are_refused(client, rows, two):
    foreign = rows.version(rows.endpoint("iris"))
    body = SEED | {"parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": foreign}
    assert_error(client.post("/api/v1/abtests", json=body), 409, "one endpoint")


def test_arms_with_other_features_are_refused(client, rows, wine, two):
    other = rows.version(wine, signature={"fields": [{"name": "ash"}], "classes": None, "imputes": True})
    body = SEED | {"parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": other}
    assert_error(client.post("/api/v1/abtests", json=body), 409, "alcohol")


def test_a_second_test_at_the_endpoint_is_refused(client, begin, two):
    first = begin(*two)
    body = SEED | {"parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": two[1]}
    assert_error(client.post("/api/v1/abtests", json=body), 409, f"stop_ab_test/{first['id']}")


def test_a_control_that_takes_no_part_is_refused(client, two):
    body = SEED | {"parent_mlalgorithm_1": two[0], "parent_mlalgorithm_2": two[1], "control": 999}
    assert_error(client.post("/api/v1/abtests", json=body), 400, "control")


def test_nothing_yet_is_said(client, begin, two):
    report = look(client, begin(*two))
    assert report["verdict"]["decision"] == "inconclusive"
    assert report["verdict"]["reasons"] == ["No arm had a request yet."]
    assert [arm["accuracy"] for arm in report["arms"]] == [None, None]
    assert [arm["latency_p99_ms"] for arm in report["arms"]] == [None, None]


def test_the_report_counts_by_arm(client, rows, wine, two, begin):
    test = begin(*two)
    rows.requests(wine, two[0], test["id"], [(1, 1)] * 6 + [(0, 1)] * 2 + [(1, None)] * 2)
    rows.requests(wine, two[0], test["id"], [(None, None)], error="model failed")
    rows.requests(wine, two[0], test["id"], [(1, 1)] * 5, purpose="shadow")
    rows.requests(wine, two[0], None, [(1, 1)] * 5, purpose="production")
    rows.requests(wine, two[1], test["id"], [(1, 1.0)] * 3, latency_ms=7.0)
    first, second = look(client, test)["arms"]
    assert (first["requests"], first["feedback"], first["correct"], first["errors"]) == (11, 8, 6, 1)
    assert first["accuracy"] == 0.75
    assert first["feedback_share"] == pytest.approx(8 / 11)
    assert first["accuracy_interval"]["lower"] == pytest.approx(0.4093, abs=1e-3)
    assert (second["requests"], second["correct"], second["accuracy"]) == (3, 3, 1)
    assert (second["latency_p50_ms"], second["latency_p99_ms"]) == (7, 7)


def test_an_error_with_feedback_is_a_wrong_answer(client, rows, wine, two, begin):
    test = begin(*two)
    rows.requests(wine, two[0], test["id"], [(None, 1), (1, 1)], error=lambda place: None if place else "no")
    assert look(client, test)["arms"][0]["accuracy"] == 0.5


def test_subjects_count_once_for_the_shares(client, rows, wine, two, begin):
    test = begin(*two)
    rows.answered(wine, two[0], test["id"], 300, 0, subject=lambda place: f"a{place % 10}")
    rows.answered(wine, two[1], test["id"], 12, 0, subject=lambda place: f"b{place}")
    report = look(client, test)
    assert [arm["units"] for arm in report["arms"]] == [10, 12]
    assert report["verdict"]["decision"] == "inconclusive"
    assert "of 10 subjects" in report["verdict"]["reasons"][0]


def test_a_winner_goes_to_production_and_the_evidence_into_the_history(client, rows, wine, two, begin):
    test = begin(*two)
    rows.answered(wine, two[0], test["id"], 800, 200)
    rows.answered(wine, two[1], test["id"], 900, 100)
    assert look(client, test)["verdict"]["winner"] == two[1]
    answer = stop(client, test, created_by="ben")
    assert answer["message"] == "AB Test finished."
    assert answer["report"]["outcome"]["promoted"] == two[1]
    assert answer["report"]["verdict"]["decision"] == "promote"
    assert "is in production now" in answer["summary"]
    assert "+10.0 percentage points" in answer["summary"]
    assert rows.statuses(wine) == {two[0]: "testing", two[1]: "production"}
    entry = rows.history(wine)[-1]
    assert entry.created_by == "ben"
    assert entry.evidence["abtest"] == test["id"]
    assert entry.evidence["verdict"]["comparisons"][0]["lower"] > 0


@pytest.mark.parametrize("answers", [((0, 0), (0, 0)), ((5, 1), (0, 0)), ((600, 150), (600, 150))])
def test_without_proof_the_statuses_come_back(duel, rows, two, answers):
    answer = duel(*answers)
    assert answer["report"]["verdict"]["decision"] == "inconclusive"
    assert answer["report"]["outcome"]["promoted"] is None
    assert answer["summary"].startswith("Nothing was promoted; the statuses from before the test are back.")
    assert rows.statuses(rows.wine) == {two[0]: "production", two[1]: "staging"}


def test_a_worse_challenger_is_told_and_the_statuses_come_back(client, rows, wine, two, begin):
    test = begin(*two)
    rows.answered(wine, two[0], test["id"], 900, 100)
    rows.answered(wine, two[1], test["id"], 800, 200)
    answer = stop(client, test)
    assert answer["report"]["verdict"]["decision"] == "keep"
    assert rows.statuses(wine) == {two[0]: "production", two[1]: "staging"}


def test_unequal_arms_are_invalid_and_the_statuses_come_back(client, rows, wine, two, begin):
    test = begin(*two)
    rows.answered(wine, two[0], test["id"], 500, 500)
    rows.answered(wine, two[1], test["id"], 1300, 0)
    answer = stop(client, test)
    assert answer["report"]["verdict"]["decision"] == "invalid"
    assert rows.statuses(wine) == {two[0]: "production", two[1]: "staging"}


def test_deciding_by_accuracy_promotes_the_better_and_says_that_it_is_no_proof(duel, rows, two):
    answer = duel((5, 5), (6, 4), decide="accuracy", created_by="ben")
    assert "is not proof" in answer["summary"]
    assert "60.0 % (6 of 10)" in answer["summary"]
    assert rows.statuses(rows.wine) == {two[0]: "testing", two[1]: "production"}


@pytest.mark.parametrize(
    ("answers", "mentions"),
    [
        (((0, 0), (0, 0)), "no feedback for"),
        (((5, 5), (0, 0)), "no feedback for"),
        (((5, 5), (5, 5)), "same accuracy"),
    ],
)
def test_accuracies_that_cannot_decide_are_said(duel, rows, two, answers, mentions):
    assert mentions in duel(*answers, decide="accuracy")["summary"]
    assert rows.statuses(rows.wine) == {two[0]: "production", two[1]: "staging"}


def test_stopping_twice_answers_the_same(client, rows, wine, two, begin):
    test = begin(*two)
    first = stop(client, test)
    entries = len(rows.history(wine))
    rows.answered(wine, two[0], test["id"], 10, 0)
    assert stop(client, test) == first
    assert stop(client, test, decide="verdict") == first
    assert look(client, test) == first["report"]
    assert len(rows.history(wine)) == entries
    other = client.post(f"/api/v1/stop_ab_test/{test['id']}", json={"decide": "accuracy"})
    assert_error(other, 409, "decided by verdict")


def test_a_production_version_that_took_no_part_makes_room(client, rows, wine, begin):
    present = rows.version(wine, "production")
    two = rows.version(wine), rows.version(wine)
    test = begin(*two)
    rows.answered(wine, two[0], test["id"], 800, 200)
    rows.answered(wine, two[1], test["id"], 900, 100)
    assert "took no part" in stop(client, test)["summary"]
    assert rows.statuses(wine) == {present: "testing", two[0]: "testing", two[1]: "production"}


def test_a_version_put_into_production_meanwhile_stays_there(client, rows, wine, two, begin):
    test = begin(*two)
    newer = rows.version(wine, "production")
    answer = stop(client, test)
    assert "is in production meanwhile" in answer["summary"]
    assert rows.statuses(wine) == {newer: "production", two[0]: "testing", two[1]: "staging"}


def test_a_version_without_a_status_has_none_again(client, rows, wine, two, begin):
    silent = rows.version(wine, None)
    test = begin(two[0], silent)
    stop(client, test)
    assert rows.statuses(wine) == {two[0]: "production", two[1]: "staging"}


def test_another_test_can_begin_after_the_first(client, two, begin):
    first = begin(*two)
    stop(client, first)
    second = begin(*two)
    listed = client.get("/api/v1/abtests").get_json()
    assert [test["id"] for test in listed["results"]] == [second["id"], first["id"]]


def test_tests_are_listed_by_filters_and_pages(client, rows, two, begin):
    iris = rows.endpoint("iris")
    others = rows.version(iris), rows.version(iris)
    ended, running = begin(*others, created_by="ben"), begin(*two)
    stop(client, ended)

    def ids(**query):
        answer = client.get("/api/v1/abtests", query_string=query).get_json()
        return answer["count"], [test["id"] for test in answer["results"]]

    assert ids() == (2, [running["id"], ended["id"]])
    assert ids(limit=1, offset=1) == (2, [ended["id"]])
    assert ids(status="running") == (1, [running["id"]])
    assert ids(status="ended") == (1, [ended["id"]])
    assert ids(endpoint="iris") == (1, [ended["id"]])
    assert ids(created_by="ana") == (1, [running["id"]])
    assert ids(mlalgorithm=others[0]) == (1, [ended["id"]])
    assert ids(endpoint="none") == (0, [])
    assert_error(client.get("/api/v1/abtests?status=odd"), 400, "status")


@pytest.mark.parametrize("abtest_id", ["0", "99999", "abc", "9" * 30, "-1"])
def test_an_unknown_test_is_told(client, abtest_id):
    assert_error(client.get(f"/api/v1/abtests/{abtest_id}"), 404, "no A/B test")
    assert_error(client.post(f"/api/v1/stop_ab_test/{abtest_id}"), 404, "no A/B test")


@pytest.mark.parametrize("body", [{"decide": "coin"}, {"decide": 1}, {"why": 1}, []])
def test_a_bad_stop_is_named(client, two, begin, body):
    test = begin(*two)
    assert_error(client.post(f"/api/v1/stop_ab_test/{test['id']}", json=body), 400)
    assert client.get(f"/api/v1/abtests/{test['id']}").get_json()["status"] == "running"
