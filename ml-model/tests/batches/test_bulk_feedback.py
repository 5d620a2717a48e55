"""Files of true labels."""

import pytest

from servicekit.testing import assert_error

PATH = "/api/v1/feedback"


@pytest.fixture
def ids(service, wine_csv):
    headers = {"Content-Type": "text/csv"}
    answer = service.post("/api/v1/batch-predict", data=wine_csv, headers=headers).get_json()
    return [row["request_id"] for row in answer["predictions"]]


def tell(service, text):
    return service.post(PATH, data=text, headers={"Content-Type": "text/csv"})


def counts(answer):
    return {name: answer[name] for name in ("kept", "unchanged", "refused")}


def test_the_same_file_again_changes_nothing(service, ids):
    text = "feedback,request_id\n" + "".join(f"1,{one}\n" for one in ids)
    assert counts(tell(service, text).get_json()) == {"kept": 36, "unchanged": 0, "refused": 0}
    assert counts(tell(service, text).get_json()) == {"kept": 0, "unchanged": 36, "refused": 0}


def test_another_label_needs_replace(service, ids, query):
    tell(service, f"request_id,feedback\n{ids[0]},1\n")
    told = tell(service, f"request_id,feedback\n{ids[0]},2\n{ids[1]},2.0\n").get_json()
    assert counts(told) == {"kept": 1, "unchanged": 0, "refused": 1}
    assert told["faults"][0]["line"] == 2
    assert "replace" in told["faults"][0]["reason"]
    told = service.post(PATH, json=[{"request_id": ids[0], "feedback": 2, "replace": True}]).get_json()
    assert counts(told) == {"kept": 1, "unchanged": 0, "refused": 0}
    given = query("SELECT feedback FROM ml_model.requests WHERE feedback_at IS NOT NULL")
    assert given == [(2,), (2,)]


def test_bad_lines_are_named_and_the_others_are_kept(service, ids):
    records = (
        "request_id,feedback,replace",
        f"{ids[0]},7,",
        "nobody,1,",
        f"{ids[1]},1",
        f"{ids[2]},1,perhaps",
    )
    text = "\n".join([*records, f"{ids[3]},0,true"])
    told = tell(service, text).get_json()
    assert counts(told) == {"kept": 1, "unchanged": 0, "refused": 4}
    assert [fault["line"] for fault in told["faults"]] == [2, 3, 4, 5]
    told = service.post(
        PATH, json=[1, {"request_id": ids[5], "feedback": True}, {"request_id": ids[5], "feedback": 1}]
    )
    assert [fault["line"] for fault in told.get_json()["faults"]] == [1, 2]
    assert told.get_json()["kept"] == 1


def test_a_file_that_cannot_be_read_is_400(service):
    assert_error(tell(service, "id;feedback\n1;2\n"), 400, "request_id")
    assert_error(tell(service, '{"a": 1}'), 400, "list")
    assert_error(tell(service, "[1,"), 400, "JSON")
